"""What an operator names on the command line: the private link of a response or a team, or the id of a team."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from quiz.storage import Response, Storage
from quiz.teams import Team
from quiz.web import links

_LIST_HINT = "`quiz teams` lists the ids of teams"
_ID_HINT = "its id, which `quiz teams` lists"
_TEAM_ID = re.compile(r"[0-9]{1,19}")


class NotFoundError(Exception):
    """No response or team has this link or id, or the link does not give this right; the message says why."""


@dataclass(frozen=True)
class OwnedResponse:
    """A response, and the hash of the owner link with which it was found."""

    owner_hash: str
    response: Response


def find_team(storage: Storage, link_or_id: str) -> Team:
    """The team with this lead link or id.

    Raises
    ------
    NotFoundError
    """
    found = find(storage, link_or_id)
    if isinstance(found, Team):
        return found
    raise NotFoundError(f"this is the link of a response; use the lead link of a team, or {_ID_HINT}")


def find(storage: Storage, link_or_id: str) -> OwnedResponse | Team:
    """The response with this owner link, or the team with this lead link or id.

    Raises
    ------
    NotFoundError
    """
    text = link_or_id.strip()
    if _TEAM_ID.fullmatch(text):
        team = next((team for team in storage.load_all_teams() if team.id == int(text)), None)
        return team or _fail(f"no team has the id {text}; {_LIST_HINT}")
    link = links.find_link(f"/{text}", "[rtsjvw]") or _fail(
        f"this is neither a link nor the id of a team; {_LIST_HINT}"
    )
    link_hash = links.hash_link(link)
    if response := storage.load_response(link_hash):
        return OwnedResponse(link_hash, response)
    return storage.load_team(link_hash) or _fail(_problem(storage, link_hash))


def _problem(storage: Storage, link_hash: str) -> str:
    """Why nothing is found with a link that is neither an owner link nor a lead link."""
    if storage.load_shared_response(link_hash):
        return "this is a share link, which only shows a result; use the owner link of the response"
    if storage.load_team_by_join_link(link_hash):
        return f"this is a join link; use the lead link of the team, or {_ID_HINT}"
    if storage.load_requested_view(link_hash) or storage.load_viewer(link_hash):
        return "this is a link of a second view; use the owner link of the response that it is about"
    return "no response or team has this link: it may be incomplete, replaced or deleted"


def _fail(message: str) -> NoReturn:
    raise NotFoundError(message)
