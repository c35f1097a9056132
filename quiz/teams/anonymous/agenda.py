"""The agenda of a one-hour meeting about a published round."""

from __future__ import annotations

from typing import Literal, NamedTuple

from quiz.teams.anonymous.published import Published, PublishedCoverage

AgendaPart = Literal["alone", "patterns", "actions"]


class AgendaPrompt(NamedTuple):
    """One prompt of the agenda: its part of the hour, the id of its text, and the ids of the items it is about."""

    part: AgendaPart
    id: str
    about: tuple[str, ...]


#: Minutes for each part of the agenda; the rest of the hour is for arriving and closing.
AGENDA_MINUTES: dict[AgendaPart, int] = {"alone": 10, "patterns": 20, "actions": 20}
_ALWAYS = {"recognise", "missing", "two-actions"}


def agenda(published: Published) -> tuple[AgendaPrompt, ...]:
    """The prompts that apply to a published round, each with the items that triggered it.

    They are in the order of the hour, and in each part the most important one is first. The gaps of a prompt begin with
    those of the role that most of the team's work belongs to: what hardly anybody does of a rare role may well be the
    work of another team.
    """
    common_roles = tuple(share.role for share in published.common_roles)
    rare_roles = tuple(share.role for share in published.rare_roles)
    strengths = tuple(item.responsibility for item in published.strengths)
    gaps = tuple(item.responsibility for item in _by_importance(published))
    overlaps = tuple(share.role for share in published.overlaps)
    weak_contacts = tuple(role for item in published.weak_contacts for role in item.roles)
    prompts = (
        AgendaPrompt("alone", "recognise", common_roles),
        AgendaPrompt("alone", "missing", ()),
        AgendaPrompt("patterns", "gaps", gaps),
        AgendaPrompt("patterns", "rare-roles", rare_roles),
        AgendaPrompt("patterns", "weak-contacts", weak_contacts),
        AgendaPrompt("patterns", "overlaps", overlaps),
        AgendaPrompt("patterns", "strengths", strengths),
        AgendaPrompt("actions", "close-a-gap", gaps),
        AgendaPrompt("actions", "strengthen-a-contact", weak_contacts),
        AgendaPrompt("actions", "settle-an-overlap", overlaps),
        AgendaPrompt("actions", "two-actions", ()),
    )
    return tuple(prompt for prompt in prompts if prompt.about or prompt.id in _ALWAYS)


def _by_importance(published: Published) -> list[PublishedCoverage]:
    """The gaps, those of the common roles first, the largest share first."""
    order = [share.role for share in published.common_roles]
    return sorted(published.gaps, key=lambda item: order.index(item.role) if item.role in order else len(order))
