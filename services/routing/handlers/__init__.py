"""What happens to a case, one pure function per use case: `(case, what, by whom, when) -> Decision(case, events)`."""
