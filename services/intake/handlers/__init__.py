"""One function per use case, pure over one aggregate: state and command or event in, decision out."""
