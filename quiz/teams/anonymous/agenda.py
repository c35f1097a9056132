"""The agenda of an hour about a published round."""

from __future__ import annotations

from typing import Literal, NamedTuple

from quiz.teams.anonymous.published import Published


class Prompt(NamedTuple):
    """One prompt of the agenda: which part of the hour, which text, and the ids of what it is about."""

    part: Literal["alone", "patterns", "actions"]
    id: str
    about: tuple[str, ...]


#: Minutes of the hour for each part of the agenda; what is left is for arriving and closing.
MINUTES = {"alone": 10, "patterns": 20, "actions": 20}


def agenda(published: Published) -> tuple[Prompt, ...]:
    """The prompts that fit a published round, in the order of the hour, each with what triggered it."""
    fitting = (
        Prompt("alone", "recognise", tuple(part.role for part in published.held)),
        Prompt("alone", "missing", ()),
        Prompt("patterns", "strengths", tuple(item.responsibility for item in published.strengths)),
        Prompt("patterns", "thin", tuple(item.responsibility for item in published.thin)),
        Prompt("patterns", "overlaps", tuple(part.role for part in published.overlaps)),
        Prompt("patterns", "not-held", tuple(part.role for part in published.not_held)),
        Prompt("patterns", "quiet", tuple(role for item in published.quiet for role in item.roles)),
        Prompt("actions", "share-the-load", tuple(item.responsibility for item in published.thin)),
        Prompt("actions", "meet", tuple(role for item in published.quiet for role in item.roles)),
        Prompt("actions", "agree", tuple(part.role for part in published.overlaps)),
        Prompt("actions", "two-actions", ()),
    )
    always = {"recognise", "missing", "two-actions"}
    return tuple(prompt for prompt in fitting if prompt.about or prompt.id in always)
