"""The agenda of a one-hour meeting about the page of an open team."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from quiz.bank import Bank
from quiz.teams.anonymous import AGENDA_MINUTES, AgendaPart
from quiz.teams.hand_overs import HandOver
from quiz.teams.team_work import WorkItem
from quiz.teams.wishes import MeetingWishes

#: A prompt names at most this number of things.
MAX_PROMPT_ITEMS = 4


class OpenPrompt(NamedTuple):
    """One prompt: the id of its text, and the things that it names, responsibilities in quotation marks."""

    id: str
    names: tuple[str, ...] = ()


class OpenAgendaSection(NamedTuple):
    """One part of the hour, its prompts in the order of their importance."""

    part: AgendaPart
    minutes: int
    prompts: tuple[OpenPrompt, ...]


def open_agenda(
    bank: Bank,
    *,
    uncovered: Sequence[WorkItem],
    has_needs: bool,
    sole: Iterable[str],
    hand_overs: Sequence[HandOver],
    wishes: Sequence[MeetingWishes],
) -> tuple[OpenAgendaSection, ...]:
    """The agenda in its sections, with the prompts that apply.

    `uncovered` is what is below its need, or done by nobody where no needs are set. `sole` are the ids of what one
    person alone does.
    """
    gaps = _names(item.responsibility.name for item in uncovered)
    sole_names = _names(bank.responsibility[id].name for id in sole)
    between = [hand_over for hand_over in hand_overs if hand_over.kind == "between"]
    pairs = tuple(f"{pair.roles[0].name} and {pair.roles[1].name}" for pair in between[:MAX_PROMPT_ITEMS])
    handed = _names(bank.responsibility[wish.responsibility].name for wish in wishes if wish.kind == "hand-over")
    started = _names(bank.responsibility[wish.responsibility].name for wish in wishes if wish.kind == "start")
    prompts: dict[AgendaPart, list[OpenPrompt]] = {
        "alone": [OpenPrompt("recognise"), OpenPrompt("missing")],
        "patterns": [
            OpenPrompt("below-need" if has_needs else "nobody", gaps),
            OpenPrompt("one-person", sole_names),
            OpenPrompt("hand-overs", pairs),
        ],
        "actions": [OpenPrompt("hand-over-wishes", handed), OpenPrompt("start-wishes", started)],
    }
    sections = []
    for part, minutes in AGENDA_MINUTES.items():
        applicable = [prompt for prompt in prompts[part] if prompt.names or part == "alone"]
        if part == "patterns" and not has_needs:
            applicable.append(OpenPrompt("set-needs"))
        if part == "actions":
            applicable.append(OpenPrompt("two-actions"))
        sections.append(OpenAgendaSection(part, minutes, tuple(applicable)))
    return tuple(sections)


def _names(names: Iterable[str]) -> tuple[str, ...]:
    """The first names in quotation marks, and "others" if there are more."""
    quoted = [f"“{name}”" for name in names]
    return (*quoted[:MAX_PROMPT_ITEMS], "others") if len(quoted) > MAX_PROMPT_ITEMS else tuple(quoted)
