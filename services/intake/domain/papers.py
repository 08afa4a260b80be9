"""Papers: what a procedure asks for against what lies on the counter. Whatever is missing is named all at once."""

from collections.abc import Iterable, Mapping, Sequence

from contracts.directory import PaperV1
from contracts.intake import MissingPaper, PaperRef
from contracts.refusal import Invalid


class PapersMissing(Invalid):
    """422: the required papers that are not there, every one by its title; `codes` for a program."""

    def __init__(self, missing: Sequence[PaperV1]) -> None:
        named = "; ".join(paper.title for paper in missing)
        super().__init__(
            "papers-missing",
            vi=f"Chưa đủ giấy tờ để tiếp nhận. Còn thiếu: {named}.",
            en=f"Papers are missing, so it cannot be accepted yet: {named}.",
            field="papers",
        )
        self.codes = tuple(paper.code for paper in missing)


def handed_in(codes: Iterable[str], known: Sequence[PaperV1]) -> tuple[PaperRef, ...]:
    """The papers by their codes, in the procedure's order, each once. Raises Invalid naming every code it does not know."""
    given = set(codes)
    unknown = sorted(given - {paper.code for paper in known})
    if unknown:
        raise _unknown(unknown)
    return tuple(PaperRef(code=paper.code, title=paper.title) for paper in known if paper.code in given)


def missing(papers: Iterable[PaperRef], known: Sequence[PaperV1]) -> tuple[PaperV1, ...]:
    there = {paper.code for paper in papers}
    return tuple(paper for paper in known if paper.required and paper.code not in there)


def require_complete(papers: Iterable[PaperRef], known: Sequence[PaperV1]) -> None:
    """Raises PapersMissing."""
    if lacking := missing(papers, known):
        raise PapersMissing(lacking)


def named_missing(reasons: Mapping[str, str], papers: Iterable[PaperRef], known: Sequence[PaperV1]) -> tuple[MissingPaper, ...]:
    """The lines of form 02: what the clerk names, with the reason of each, be it absent or wrong.

    Raises Invalid for a code that the procedure does not know, and when a required paper is absent and not named: everything is
    named once.
    """
    titles = {paper.code: paper.title for paper in known}
    unknown = sorted(reasons.keys() - titles.keys())
    if unknown:
        raise _unknown(unknown)
    forgotten = [paper for paper in missing(papers, known) if paper.code not in reasons]
    if forgotten:
        named = "; ".join(paper.title for paper in forgotten)
        raise Invalid(
            "missing-not-named",
            vi=f"Phải nêu đủ một lần mọi giấy tờ còn thiếu. Chưa nêu: {named}.",
            en=f"Everything missing has to be named at once. Not named yet: {named}.",
            field="missing",
        )
    return tuple(MissingPaper(code=code, title=titles[code], reason=reasons[code]) for code in titles if code in reasons)


def _unknown(codes: Sequence[str]) -> Invalid:
    named = ", ".join(codes)
    return Invalid(
        "unknown-paper",
        vi=f"Thủ tục này không có giấy tờ mã {named}. Hãy xem lại danh mục.",
        en=f"This procedure has no paper {named}. Please check its list.",
        field="papers",
    )
