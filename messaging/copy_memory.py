"""What one process remembers of its copies: entities already parsed, and what was derived from them. It asks no database.

A revision stands for all that a topic holds. The database gives a topic a new random one with every change: equal revisions are
equal content, whatever was rolled back, swapped or restored in between. An entity is served under a revision only if it was asked
for after somebody had seen that revision; else its row is asked for again, and parsed again only if it is another row.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID
from weakref import WeakKeyDictionary

from contracts.registry import Event

LOOK_SECONDS: Final = 0.5
"""How long one look at the revisions serves its transaction."""
REVISION_SECONDS: Final = 60.0
"""After that every row is asked for again: so a change without a new revision, by hand or by an older release, is seen too."""
_MOST_CHARACTERS: Final = 4 * 1024 * 1024
_ABSENT_CHARACTERS: Final = 200
_MOST_DERIVED: Final = 64

EntityKey = tuple[type[Event], str, str]
"""(class, topic, id)"""


@dataclass(frozen=True, eq=False, slots=True)
class Revision:
    """The same object means the same content of a topic: what was derived under it still holds."""

    value: UUID
    since: float


Revisions = Mapping[str, Revision]
"""By topic. One that is missing has no revision: nothing of it is served unasked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A row of `state_copy`. `version` None: there is no such row; `event` None: nor is there a value. `written_by`: the
    transaction that wrote it, which together with the version tells this row from any other of the entity.
    """

    version: int | None = None
    written_by: str | None = None
    event: Any = None
    characters: int = _ABSENT_CHARACTERS
    revision: Revision | None = None


ABSENT: Final = Entity()


@dataclass(frozen=True, slots=True)
class Look:
    """What a transaction saw of the revisions, and when. `wrote`: it has changed copies, so its view is nobody else's."""

    at: float
    revisions: Revisions
    wrote: bool = False


@dataclass(kw_only=True)
class CopyMemory:
    """One for each pool. Bounded by the characters of JSON behind it: what was not asked for longest is dropped."""

    most_characters: int = _MOST_CHARACTERS
    most_derived: int = _MOST_DERIVED
    characters: int = 0
    _looks: WeakKeyDictionary[object, Look] = field(default_factory=WeakKeyDictionary)
    _revisions: dict[str, Revision] = field(default_factory=dict)
    _entities: OrderedDict[EntityKey, Entity] = field(default_factory=OrderedDict)
    _derived: OrderedDict[object, tuple[Revision, Any]] = field(default_factory=OrderedDict)

    def look(self, transaction: object | None, now: float) -> Revisions | None:
        """What this transaction saw, while that may serve it."""
        look = None if transaction is None else self._looks.get(transaction)
        return None if look is None or look.wrote or now - look.at >= LOOK_SECONDS else look.revisions

    def remember_look(self, transaction: object, values: Mapping[str, UUID], now: float) -> Revisions:
        """`values` as the database has just said; `now`: when it was asked."""
        revisions = {topic: self._current(topic, value, now) for topic, value in values.items()}
        earlier = self._looks.get(transaction)
        self._looks[transaction] = Look(now, revisions, wrote=earlier is not None and earlier.wrote)
        return revisions

    def note_write(self, transaction: object) -> None:
        """From now on this transaction looks each time: its savepoints may take its changes back."""
        self._looks[transaction] = Look(0.0, {}, wrote=True)

    def _current(self, topic: str, value: UUID, now: float) -> Revision:
        revision = self._revisions.get(topic)
        if revision is None or revision.value != value or now - revision.since >= REVISION_SECONDS:
            revision = self._revisions[topic] = Revision(value, now)
        return revision

    def entity(self, key: EntityKey) -> Entity:
        """As last heard of; only `is_known` says whether it may be served."""
        if key in self._entities:
            self._entities.move_to_end(key)
        return self._entities.get(key, ABSENT)

    def keep(self, key: EntityKey, entity: Entity, revision: Revision | None) -> None:
        """Asked for by somebody who saw `revision`, and known to those who see the same; to compare with, if there was none."""
        self.characters += entity.characters - (self._entities[key].characters if key in self._entities else 0)
        self._entities[key] = replace(entity, revision=revision)
        self._entities.move_to_end(key)
        while self.characters > self.most_characters:
            _, dropped = self._entities.popitem(last=False)
            self.characters -= dropped.characters

    def derived(self, key: object, revision: Revision | None) -> Any:
        """None if nothing is kept under this revision."""
        under, value = self._derived.get(key, (None, None))
        if revision is None or under is not revision:
            return None
        self._derived.move_to_end(key)
        return value

    def keep_derived(self, key: object, value: Any, revision: Revision | None) -> None:
        if revision is not None:
            self._derived[key] = (revision, value)
            self._derived.move_to_end(key)
        if len(self._derived) > self.most_derived:
            self._derived.popitem(last=False)


def is_known(entity: Entity, revision: Revision | None) -> bool:
    return revision is not None and entity.revision is revision
