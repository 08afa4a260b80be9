"""Assignment by competence: the officer whose post in the unit covers the procedure's field and who has the fewest open cases;
among equals the one who was given something longest ago, then by id. Whoever is away is stood in for by the deputy.

A handler is pure over one case, but a batch may open a thousand cases, and the second must see what the first was given.
That memory is the `Ledger`: made once per batch from the database, owned by that batch alone, changed only by `assign`, and
thrown away with it. A batch that is rolled back, halved or tried again gets a fresh one, so a choice depends on nothing but
the database and the order of events in the batch. Two processes at once may each count without the other's newest cases:
the loads then differ by at most a batch and even out with the next, and no case is ever assigned twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from contracts.civil import civil_day
from services.routing.domain.absence import Absence
from services.routing.domain.history import Person

Choice = tuple[str, str, int]
"""Staff id, name, open cases: to whom a leader could give a case."""
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Competent:
    """An active officer's post in one unit; no fields means all fields. `absence`: the newest one noted, if any."""

    person: Person
    fields: frozenset[str] = frozenset()
    absence: Absence | None = None

    def covers(self, procedure_field: str) -> bool:
        return not self.fields or procedure_field in self.fields

    def away_on(self, day: date) -> bool:
        return self.absence is not None and self.absence.covers(day)


@dataclass(frozen=True, slots=True)
class Load:
    """An officer's open cases over all units, and when one was last given to them; `turn` orders those given in this batch."""

    open: int = 0
    last: datetime = _NEVER
    turn: int = 0


@dataclass
class Ledger:
    """`posts` by unit; `loads` by officer, those without cases left out."""

    posts: Mapping[str, Sequence[Competent]] = field(default_factory=dict)
    loads: dict[str, Load] = field(default_factory=dict)
    _turn: int = 0

    def assign(self, unit: str, procedure_field: str, at: datetime) -> Person | None:
        """Who gets the next case, noted as given; None when nobody known is competent and there. For somebody away
        the deputy counts, if an officer of the unit too, and there.
        """
        there = {post.person.id: post for post in self.posts.get(unit, ()) if not post.away_on(civil_day(at))}
        wanted = [_stand_in(post, there) for post in self.posts.get(unit, ()) if post.covers(procedure_field)]
        covering = [there[officer].person for officer in wanted if officer in there]
        if not covering:
            return None
        chosen = min(covering, key=self._rank)
        self._turn += 1
        self.loads[chosen.id] = Load(self._load(chosen).open + 1, at, self._turn)
        return chosen

    def _load(self, person: Person) -> Load:
        return self.loads.get(person.id, Load())

    def _rank(self, person: Person) -> tuple[int, datetime, int, str]:
        load = self._load(person)
        return load.open, load.last, load.turn, person.id


def _stand_in(post: Competent, there: Mapping[str, Competent]) -> str:
    """The staff id of who works for this post: its officer, or the deputy of one who is not there."""
    return post.person.id if post.person.id in there or post.absence is None else post.absence.deputy


def choices_of(posts: Iterable[Competent], loads: Mapping[str, Load]) -> list[Choice]:
    """Each person once."""
    people = {post.person.id: post.person for post in posts}
    return [(person.id, person.name, loads.get(person.id, Load()).open) for person in people.values()]
