"""No row ever appears below the floor, in whatever order transactions draw positions and commit."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from messaging.outbox_floor import OutboxFloor

STEPS = st.lists(st.sampled_from(["begin", "draw", "commit", "roll back", "ask", "look", "move"]), max_size=60)
SERVER = "started then"


@dataclass
class Writer:
    name: str
    positions: list[int] = field(default_factory=list)


@dataclass
class Database:
    """A sequence, open transactions that hold the table's lock from their first statement on, and the rows committed."""

    drawn: int = 0
    begun: int = 0
    open: list[Writer] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    floor: OutboxFloor = field(default_factory=OutboxFloor)

    def step(self, step: str, choice: int) -> None:
        writer = self.open[choice % len(self.open)] if self.open else None
        if step == "begin":
            self.begun += 1
            self.open.append(Writer(f"3/{self.begun}"))
        elif step == "ask":
            self.ask()
        elif step == "look":
            self.look()
        elif step == "move" and self.rows:
            self.rows.remove(min(self.rows))
        elif writer is not None and step == "draw":
            self.drawn += 1
            writer.positions.append(self.drawn)
        elif writer is not None and step in {"commit", "roll back"}:
            self.open.remove(writer)
            if step == "commit":
                self.rows += writer.positions

    def ask(self) -> None:
        self.floor.note(self.drawn, [writer.name for writer in self.open])

    def look(self) -> None:
        seen = [row for row in self.rows if row > self.floor.below("lane")]
        self.floor.rise("lane", min(seen, default=None))

    def still_to_come(self) -> list[int]:
        return [*self.rows, *(position for writer in self.open for position in writer.positions)]


@given(STEPS, st.lists(st.integers(0, 9), min_size=60, max_size=60))
def test_nothing_appears_below_the_floor(steps: list[str], choices: list[int]) -> None:
    database = Database()
    database.floor.at_server(SERVER)
    for step, choice in zip(steps, choices, strict=False):
        database.step(step, choice)
        assert all(position > database.floor.below("lane") for position in database.still_to_come())


@given(STEPS, st.lists(st.integers(0, 9), min_size=60, max_size=60))
def test_it_rises_to_all_that_was_drawn_once_nobody_writes(steps: list[str], choices: list[int]) -> None:
    database = Database()
    database.floor.at_server(SERVER)
    for step, choice in zip(steps, choices, strict=False):
        database.step(step, choice)
    database.open.clear()
    for _ in range(2):
        database.ask()
    database.rows.clear()
    database.look()
    assert database.floor.below("lane") == database.drawn


def test_a_writer_that_stays_open_holds_it_no_longer_than_its_own_positions_do() -> None:
    """One that began behind the candidate does not matter: otherwise a queue of writers would hold it for ever."""
    database = Database()
    database.floor.at_server(SERVER)
    for _ in range(5):
        database.step("begin", 0)
        database.step("draw", -1)
        database.ask()
        database.step("commit", 0) if len(database.open) > 1 else None
    assert database.floor.safe > 0


def test_what_was_learnt_of_one_server_says_nothing_about_another() -> None:
    """One that was restored from a backup draws the same positions again."""
    floor = OutboxFloor()
    floor.at_server(SERVER)
    floor.note(9, [])
    floor.note(9, [])
    floor.rise("lane", None)
    assert floor.below("lane") == 9
    floor.at_server(SERVER)
    assert floor.below("lane") == 9
    floor.at_server("started later")
    assert floor.below("lane") == 0
    floor.note(5, [])
    floor.rise("lane", None)
    assert floor.below("lane") == 0, "nobody has been asked who writes, since"


def test_views_have_floors_of_their_own() -> None:
    floor = OutboxFloor()
    floor.note(9, [])
    floor.note(9, [])
    floor.rise("all", 4)
    floor.rise("some", None)
    assert (floor.below("all"), floor.below("some"), floor.below("none")) == (3, 9, 0)
    floor.keep(["all"])
    assert (floor.below("all"), floor.below("some")) == (3, 0)
