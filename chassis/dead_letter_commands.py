"""What an operator may ask of the events that hold something up: pure handlers over the letters that were loaded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from contracts.values import Role
from messaging import verdicts
from messaging.command_table import Answer, Command, CommandEntry, CommandTable, Load, UnitOfWork
from messaging.verdicts import LETTERS, MAY_BE_SKIPPED, Letter, Word
from web.principal import Forbidden


@dataclass(frozen=True, slots=True)
class RetryLetter:
    letter: int


@dataclass(frozen=True, slots=True)
class RetryLetters:
    letters: tuple[int, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class SkipLetter:
    letter: int
    why: str


@dataclass(frozen=True, slots=True)
class SkipToLetter:
    letter: int
    why: str


def _retry_letter(command: Command[RetryLetter], work: UnitOfWork) -> Answer:
    letter = _letter_in(("dead",), command.body.letter, work)
    work.save(LETTERS, replace(letter, verdict=verdicts.Retry()))
    return Answer({"id": letter.id, "state": "ready"})


def _retry_letters(command: Command[RetryLetters], work: UnitOfWork) -> Answer:
    """Those that are dead no longer need nothing."""
    letters = [letter for number in command.body.letters if (letter := work.get(LETTERS, number)) and letter.state == "dead"]
    dead = [letter for letter in letters if letter.verdict is None]
    for letter in dead:
        work.save(LETTERS, replace(letter, verdict=verdicts.Retry()))
    return Answer({"retried": len(dead), "next": command.body.next})


def _skip_letter(command: Command[SkipLetter], work: UnitOfWork) -> Answer:
    letter = _letter_in(MAY_BE_SKIPPED, command.body.letter, work)
    work.save(LETTERS, replace(letter, verdict=verdicts.Skip(_word(command, work))))
    return Answer({"id": letter.id, "state": "skipped"})


def _skip_to_letter(command: Command[SkipToLetter], work: UnitOfWork) -> Answer:
    letter = _letter_in(("early",), command.body.letter, work)
    work.save(LETTERS, replace(letter, verdict=verdicts.SkipTo(_word(command, work))))
    return Answer({"id": letter.id, "state": "ready"})


def _word(command: Command[SkipLetter] | Command[SkipToLetter], work: UnitOfWork) -> Word:
    return Word(actor=command.by.staff_id, why=command.body.why, at=work.now)


def _letter_in(states: Sequence[str], number: int, work: UnitOfWork) -> Letter:
    letter = work.get(LETTERS, number)
    if letter is None or letter.verdict is not None or letter.state not in states:
        raise verdicts.absent(number, states)
    return letter


def _operator(command: Command[Any], _: UnitOfWork) -> None:
    if not command.by.has(Role.OPERATOR):
        raise Forbidden((Role.OPERATOR,))


def _letter(command: Command[RetryLetter] | Command[SkipLetter] | Command[SkipToLetter], _: UnitOfWork) -> Iterable[int]:
    yield command.body.letter


def _letters(command: Command[RetryLetters], _: UnitOfWork) -> Iterable[int]:
    yield from command.body.letters


DEAD_LETTER_COMMANDS: Final = CommandTable(
    order=(LETTERS,),
    entries=(
        CommandEntry(body=RetryLetter, handler=_retry_letter, may=_operator, loads=(Load(LETTERS, _letter),)),
        CommandEntry(body=RetryLetters, handler=_retry_letters, may=_operator, loads=(Load(LETTERS, _letters),)),
        CommandEntry(body=SkipLetter, handler=_skip_letter, may=_operator, loads=(Load(LETTERS, _letter),)),
        CommandEntry(body=SkipToLetter, handler=_skip_to_letter, may=_operator, loads=(Load(LETTERS, _letter),)),
    ),
)
