"""Seeds: a form that is sent twice creates one thing, and a form that is sent again later creates another.

A form that creates something contains a random seed. The links of what it creates are derived from the seed, the
content of the form and the second in which it was sent, so neither the seed nor a time is stored. When a form arrives,
the links of the last two minutes are derived too: if one of them leads to something that is still unused, the form was
sent twice, by a double click for example. In all other cases something new is created. So a person who goes back to an
old form on a shared computer and sends it does not get what the previous person made.

Storage decides in one transaction which of the links is used, so that two requests at once create one thing.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

from flask import abort, g, request

from quiz.web import links
from quiz.web.app import current

#: For how long the same form gives the same thing.
REUSE_SECONDS = 120
#: Requests may get their turn in another order than they arrived, up to the time that a write waits for the database.
MAX_WAIT_SECONDS = 10


def unix_time() -> int:
    """The current second."""
    return int(time.time())


def sent_seed() -> str:
    """The seed of the form that was sent. A malformed one is answered with 400."""
    return links.valid_seed(request.form.get("seed", "")) or abort(400)


def candidate_links(purpose: str, *content: str | bool) -> dict[str, str]:
    """The links that the form of this request may use or may have used, by their hashes.

    `content` is what was entered, and the link under which the form was sent. The first candidate is the one to use;
    the last is random, so that one is always free.
    """
    candidates = {links.hash_link(link): link for link in _derived_links(purpose, sent_seed(), content)}
    link = links.new_link()
    return candidates | {links.hash_link(link): link}


def create_response(*content: str | bool, earlier: str | None = None, joins_team: bool = False) -> str:
    """Create a response for the form of this request and return its owner link (see `Storage.create_response`)."""
    app, candidates = current(), candidate_links("owner", *content)
    first, *same_form = candidates
    owner_hash = app.storage.create_response(
        first, bank=app.bank.version, day=app.today(), earlier=earlier, same_form=same_form, joins_team=joins_team
    )
    assert owner_hash is not None, "the last candidate is random"
    return candidates[owner_hash]


def candidate_numbers(*content: str | bool) -> list[int]:
    """The same for something that has a number of its own under a link: a share link, or the join link of a team."""
    return [_number(link) for link in candidate_links("number", *content).values()]


def _derived_links(purpose: str, seed: str, content: tuple[str | bool, ...]) -> Iterator[str]:
    # The same second in all calls of a request: a lead link and the number of its join link belong together.
    now = g.setdefault("seed_second", unix_time())
    seconds = [*range(now, now + MAX_WAIT_SECONDS), *range(now - 1, now - REUSE_SECONDS - 1, -1)]
    for second in seconds:
        yield current().derive_link(purpose, json.dumps([request.endpoint, seed, *content, second]))


def _number(link: str) -> int:
    """A number from 1 to 2⁴⁸, which every reader of the JSON export gets exactly."""
    return 1 + int(links.hash_link(link)[:12], 16)
