"""A second view is sealed: before the opening nothing of one side is on anything that the other can get.

Every address that takes a link, with every link that the side has, is opened. Two things are tested: words that occur
only on the other side are nowhere, and whatever the other side answers, everything stays the same to the byte.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

import pytest

from quiz.admin.export_all import all_responses
from quiz.storage import PageSave
from quiz.web.app import App
from tests.clients import Client
from tests.factories import (
    BANK,
    When,
    all_answers,
    ask_for_view,
    begin_view,
    join_path,
    join_team,
    link_hash,
    make_response,
    make_share_link,
    make_team,
)

OWNER_CANARY, VIEWER_CANARY = "owner-3f9a", "viewer-b71c"
#: Differs with each page: the CSRF token and the random seeds of forms.
RANDOM_FIELDS = re.compile(r'name="(?:csrf_token|seed)" value="[^"]*"')
STAGES = ["asked", "begun", "answered", "priorities", "sent", "taken back"]


@dataclass
class World:
    """An owner with everything that an owner can have, and the viewer. `links` are the links of each side by kind."""

    app: App
    client: Client
    owner: str
    view: str
    links: Mapping[str, Mapping[str, str]]
    viewer: str = ""

    def pages_of_owner(self) -> dict[str, str]:
        """Everything that the owner, the people of their team and the operator’s export can show, by its address."""
        pages = self.open_all(self.links["owner"])
        exports = [all_responses(self.app.bank, self.app.storage, format=format) for format in ("csv", "jsonl")]
        text = "Ada wants to build data pipelines that load data every night."
        advert = self.client.send(f"{self.owner}/advert", {"text": text}).text
        return pages | {"quiz export": "".join(chain(*exports)), "advert": RANDOM_FIELDS.sub("", advert)}

    def pages_of_viewer(self) -> dict[str, str]:
        """Everything that the viewer can open."""
        links = {"v": self.view} | ({"w": self.viewer} if self.viewer else {})
        return self.open_all(links)

    def open_all(self, links: Mapping[str, str]) -> dict[str, str]:
        """Every address that can be read, with each of these links in it. Without one, it is read once."""
        pages = {}
        for rule in self.app.url_map.iter_rules():
            if "GET" not in (rule.methods or ()) or "filename" in rule.arguments:
                continue
            fitting = [path for path in links.values() if rule.rule.startswith(path[:3])]
            for path in fitting if "link" in rule.arguments else [""]:
                for number in (1, 2, 3) if "number" in rule.arguments else (1,):
                    link = path.rpartition("/")[2]
                    address = rule.rule.replace("<link:link>", link).replace("<int:number>", str(number))
                    pages[address] = self.open(address)
        if "r" in links:
            pages["listener"] = self.open(f"{links['r']}/conversation?listener")
        return pages

    def open(self, address: str) -> str:
        response = self.client.get(address)
        return RANDOM_FIELDS.sub("", f"{response.status_code} {response.location} {response.text}")

    # What the sides do

    def owner_answers(self, answer: str, word: str = "") -> None:
        """Change everything that the owner can enter."""
        storage, owner_hash = self.app.storage, link_hash(self.owner)
        when: When = {"bank": self.app.bank.version, "day": self.app.today()}
        unknown = {f"{word}-question": word} if word else {}
        storage.save_answers(owner_hash, all_answers(BANK, answer) | unknown, **when)
        storage.save_details(owner_hash, contacts=["data-analyst"], title=word, text=word, day=when["day"])
        storage.save_goals(owner_hash, wishes={"pipelines": "more", f"{word}-wish": "more"}, goals=[], day=when["day"])

    def viewer_does(self, stage: str, answer: str, word: str = "") -> None:
        """Bring the viewer to a stage, with these answers."""
        storage, viewer_hash, day = self.app.storage, link_hash(self.viewer), self.app.today()
        reached = STAGES.index(stage)
        storage.take_back_second_view(viewer_hash, day=day)
        if reached >= STAGES.index("answered"):
            unknown = {f"{word}-question": word} if word else {}
            page_save = PageSave("page", 1)
            storage.save_viewer_answers(viewer_hash, all_answers(BANK, answer) | unknown, page_save=page_save)
        if reached >= STAGES.index("priorities"):
            items = list(BANK.responsibility)
            priorities = items[:5] if answer == "daily" else items[8:10]
            storage.save_priorities(viewer_hash, [*priorities, *([word] if word else [])], is_sent=answer == "daily")
        if reached >= STAGES.index("sent"):
            storage.send_second_view(viewer_hash, day=day)
        if stage == "taken back":
            storage.take_back_second_view(viewer_hash, day=day)


@pytest.fixture
def world(app: App, client: Client) -> World:
    """The owner is in an open team with another member, has a share link and an earlier response."""
    earlier = make_response(app)
    owner = make_response(app, title=OWNER_CANARY, text=OWNER_CANARY)
    with app.storage.write_transaction() as db:
        select = "(SELECT id FROM response WHERE owner_hash = ?)"
        db.execute(
            f"UPDATE response SET earlier = {select} WHERE owner_hash = ?", (link_hash(earlier), link_hash(owner))
        )
    lead = make_team(client, "open")
    join = join_path(client, lead)
    member = make_response(app)
    join_team(app, join, owner, "Ada", shares_wishes=True)
    join_team(app, join, member, "Bo")
    share = make_share_link(client, owner, shares_text="y", shares_wishes="y")
    view = ask_for_view(client, owner)
    links = {"r": owner, "r member": member, "s": share, "t": lead, "j": join, "v": view}
    return World(app, client, owner, view, {"owner": links})


def test_before_the_opening_no_word_of_one_side_is_on_anything_of_the_other(world: World):
    world.owner_answers("daily", OWNER_CANARY)
    searched, found = 0, []
    for stage in STAGES:
        if stage == "begun":
            world.viewer = begin_view(world.client, world.view)
        if stage != "asked":
            world.viewer_does(stage, "never", VIEWER_CANARY)
        of_owner, of_viewer = world.pages_of_owner(), world.pages_of_viewer()
        found += [f"{stage}: {page}" for page, text in of_owner.items() if VIEWER_CANARY in text]
        found += [f"{stage}: {page}" for page, text in of_viewer.items() if OWNER_CANARY in text]
        searched += len(of_owner) + len(of_viewer)
        assert any(OWNER_CANARY in text for text in of_owner.values()), "the search sees the owner’s own words"
    print(f"{searched} pages, files and addresses were searched, {len(found)} with words of the other side")
    assert found == []
    assert searched >= 600


@pytest.mark.parametrize("stage", STAGES[1:])
def test_before_the_opening_nothing_of_the_owner_depends_on_what_the_viewer_answers(world: World, stage: str):
    world.viewer = begin_view(world.client, world.view)
    world.viewer_does(stage, "never")
    before = world.pages_of_owner()
    for answer in ("daily", "skip"):
        world.viewer_does(stage, answer)
        assert world.pages_of_owner() == before
    assert len(before) > 60


@pytest.mark.parametrize("stage", STAGES)
def test_before_the_opening_nothing_of_the_viewer_depends_on_what_the_owner_enters(world: World, stage: str):
    if stage != "asked":
        world.viewer = begin_view(world.client, world.view)
        world.viewer_does(stage, "weekly")
    world.owner_answers("never")
    before = world.pages_of_viewer()
    for answer in ("daily", "skip"):
        world.owner_answers(answer, OWNER_CANARY)
        assert world.pages_of_viewer() == before


def test_after_the_opening_both_see_the_same_and_no_later_edit_shows(world: World):
    client = world.client
    world.viewer = begin_view(client, world.view)
    world.owner_answers("weekly", OWNER_CANARY)
    world.viewer_does("sent", "skip", VIEWER_CANARY)
    client.send(f"{world.owner}/second-view/open")
    opened = comparisons(world)
    assert opened[0] == opened[1] != ""
    assert "21 things that <bdi>Ada</bdi> does every week are not visible to <bdi>Kim</bdi>" in opened[0]

    searched = 0
    for answer in ("never", "daily", "skip"):
        world.owner_answers(answer, f"{OWNER_CANARY}-later")
        answers = {item.id: answer for item in BANK.pages[0]}
        for path, fields in (
            ("1", answers),
            ("priorities", {"priorities": ["insights"]}),
            ("check", {}),
            ("take-back", {}),
        ):
            sent = client.post(f"{world.viewer}/{path}", client.token() | fields)
            assert sent.location == world.viewer, path
        assert comparisons(world) == opened
        of_viewer = world.pages_of_viewer()
        searched += len(of_viewer)
        assert [page for page, text in of_viewer.items() if OWNER_CANARY in text] == [], "no title, text or wish"
        others = {page: text for page, text in world.pages_of_owner().items() if world.owner not in page}
        searched += len(others)
        assert [page for page, text in others.items() if VIEWER_CANARY in text] == [], "no team, share link or export"
    assert searched >= 150


def comparisons(world: World) -> list[str]:
    """The comparison on the page of the owner, and on that of the viewer."""
    pages = [world.client.get(f"{world.owner}/second-view").text, world.client.get(world.viewer).text]
    return [re.findall(r"<article class=\"second-view.*</article>", page, re.DOTALL)[0] for page in pages]


def test_an_opened_second_view_changes_neither_result_nor_files_but_the_own_json(world: World):
    client = world.client
    world.viewer = begin_view(client, world.view)
    world.viewer_does("sent", "skip")
    before = world.pages_of_owner()
    client.send(f"{world.owner}/second-view/open")
    changed = {page for page, text in world.pages_of_owner().items() if text != before[page]}
    owner = world.owner
    assert changed == {
        f"{owner}.json",
        f"{owner}/conversation",
        f"{owner}/second-view",
        f"{owner}/second-view/open",
        "listener",
    }
