"""Deletes a response or a team for the operator, as the person with its link could."""

from __future__ import annotations

from quiz.admin.link_or_id import OwnedResponse
from quiz.storage import Storage
from quiz.teams import Team
from quiz.terminal import escape_line


def describe(found: OwnedResponse | Team) -> str:
    """What `erase` deletes, and what it does not, in a sentence."""
    if isinstance(found, Team):
        name = escape_line(found.name)
        return (
            f"This deletes the {found.kind} team “{name}”, created {found.created}, with its rounds."
            " Its members keep their responses."
        )
    response = found.response
    return (
        f"This deletes the response that was started on {response.started}, the earlier responses that it repeats,"
        " their share links and memberships."
    )


def erase(storage: Storage, found: OwnedResponse | Team, *, day: str) -> bool:
    """Delete a response or a team. False if it was deleted in the meantime.

    What was deleted is overwritten in the database file, and has a tombstone. Backups that were made before contain it.
    """
    if isinstance(found, Team):
        return storage.delete_team_by_id(found.id, day=day)
    return storage.delete_response(found.owner_hash, day=day)
