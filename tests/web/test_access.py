"""Every address that holds a link × every kind of link: only the cells of the table answer, all others are one 404.

`python -m tests.web.test_access` prints the whole matrix as it was found.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from quiz import create_app
from quiz.web import links
from quiz.web.app import App
from tests.clients import Client
from tests.factories import fill_team, join_path, join_team, link_hash, make_response, make_team

#: What answers, with which status; a dot is a 404. Each GET stands for HEAD too.
#:
#: `counted` owns a finished response that takes another again and that a round of an anonymous team counted, `named`
#: one in an open team, `begun` one that is not finished and in no team. `counted` and `begun` have made a share link,
#: number 7; `share` is that of `counted`. `lead` and `join` are of an anonymous team with one round closed and one
#: open, `lead o` and `join o` of an open team.
TABLE = """
                                    counted  named  begun  share  lead  lead o  join  join o
GET  /r/LINK                        200      200    303    .      .     .       .     .
GET  /r/LINK.json                   200      200    200    .      .     .       .     .
GET  /r/LINK.csv                    200      200    200    .      .     .       .     .
GET  /r/LINK/qr.svg                 200      200    200    .      .     .       .     .
GET  /r/LINK/1                      200      200    200    .      .     .       .     .
POST /r/LINK/1                      303      303    303    .      .     .       .     .
GET  /r/LINK/more                   200      200    200    .      .     .       .     .
POST /r/LINK/more                   303      303    303    .      .     .       .     .
GET  /r/LINK/check                  200      200    303    .      .     .       .     .
POST /r/LINK/check                  303      303    303    .      .     .       .     .
GET  /r/LINK/goals                  200      200    .      .      .     .       .     .
POST /r/LINK/goals                  303      303    .      .      .     .       .     .
GET  /r/LINK/conversation                   200      200    .      .      .     .       .     .
GET  /r/LINK/changes                  200      .      .      .      .     .       .     .
GET  /r/LINK/manage                  200      200    200    .      .     .       .     .
POST /r/LINK/shares                 303      303    303    .      .     .       .     .
GET  /r/LINK/shares/7.svg           200      .      200    .      .     .       .     .
POST /r/LINK/shares/7/end           303      303    303    .      .     .       .     .
POST /r/LINK/extend                   303      303    303    .      .     .       .     .
POST /r/LINK/retake                  303      303    303    .      .     .       .     .
GET  /r/LINK/delete                 200      200    200    .      .     .       .     .
POST /r/LINK/delete                 303      303    303    .      .     .       .     .
GET  /r/LINK/team                   200      200    .      .      .     .       .     .
GET  /r/LINK/team/rounds/1          200      .      .      .      .     .       .     .
POST /r/LINK/team/leave             303      303    303    .      .     .       .     .
GET  /s/LINK                        .        .      .      200    .     .       .     .
GET  /t/LINK                        .        .      .      .      200   200     .     .
GET  /t/LINK/join.svg               .        .      .      .      200   200     .     .
GET  /t/LINK/close                  .        .      .      .      303   .       .     .
POST /t/LINK/close                  .        .      .      .      303   .       .     .
POST /t/LINK/next                   .        .      .      .      303   .       .     .
POST /t/LINK/minimum                .        .      .      .      303   .       .     .
POST /t/LINK/links                  .        .      .      .      303   303     .     .
GET  /t/LINK/rounds/1               .        .      .      .      200   .       .     .
GET  /t/LINK/rounds/1.json          .        .      .      .      200   .       .     .
GET  /t/LINK/rounds/1.csv           .        .      .      .      200   .       .     .
GET  /t/LINK/delete                 .        .      .      .      200   200     .     .
POST /t/LINK/delete                 .        .      .      .      303   303     .     .
GET  /j/LINK                        .        .      .      .      .     .       200   200
POST /j/LINK/start                  .        .      .      .      .     .       303   303
POST /j/LINK/bring                  .        .      .      .      .     .       303   303
"""
#: Links that open nothing at all: what they once opened has ended, or there never was anything.
DEAD = (
    "ended share",
    "share of begun",
    "share of deleted",
    "deleted",
    "replaced lead",
    "replaced join",
    "lead of deleted",
    "join of deleted",
    "garbage",
    "fingerprint",
    "too short",
    "too long",
    "odd signs",
)
#: Those of them that do not even look like a link.
MALFORMED = {"too short", "too long", "odd signs"}
CANARY = "Canary of the first world"
SHARE = 7


def table() -> tuple[list[str], dict[str, dict[str, int]]]:
    """The columns of `TABLE`, and of each line the allowed cells with their status."""
    head, *lines = TABLE.strip().splitlines()
    kinds = re.split(r"\s{2,}", head.strip())
    cells = {}
    for line in lines:
        method, path, *found = line.split()
        cells[f"{method} {path}"] = {kind: int(cell) for kind, cell in zip(kinds, found, strict=True) if cell != "."}
    return kinds, cells


@dataclass
class World:
    """One of everything that a link can lead to, and every kind of link; `save` and `restore` go back in time."""

    app: App
    links: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.client = Client(self.app)
        self.token = self.client.token()

    def build(self, canary: str) -> None:
        """Make everything, with `canary` in every text that somebody can write."""
        app, client = self.app, self.client
        lead, opened = (make_team(client, kind, name=f"{canary} {kind}") for kind in ("anonymous", "open"))
        counted, *_ = fill_team(app, client, lead, 6)
        client.send(f"{counted}/more", {"title": canary, "text": canary})
        client.send(f"{lead}/close", page=lead)
        client.send(f"{lead}/next", page=lead)
        # The one that was counted takes again a response before it.
        self._take_again(before=make_response(app, title=canary), after=counted)
        named, gone = make_response(app, title=canary), make_response(app)
        begun = make_response(app, {app.bank.pages[0][0].id: "weekly"}, done=False)
        join_team(app, join_path(client, opened), named, canary, shares_wishes=True)
        join_team(app, join_path(client, opened), make_response(app), f"{canary} too", shares_wishes=True)
        shares = {name: self._share(own) for name, own in {"share": counted, "begun": begun, "gone": gone}.items()}
        ended = self._share(counted, SHARE + 1)
        client.send(f"{counted}/shares/{SHARE + 1}/end", page=f"{counted}/manage")
        client.send(f"{gone}/delete")
        old, other = make_team(client, name=canary), make_team(client)
        old_join, other_join = join_path(client, old), join_path(client, other)
        client.send(f"{old}/links", {"both": "y"}, page=old)
        client.send(f"{other}/delete")
        live = {
            "counted": counted,
            "named": named,
            "begun": begun,
            "share": shares["share"],
            "lead": lead,
            "lead o": opened,
            "join": join_path(client, lead),
            "join o": join_path(client, opened),
        }
        dead = {
            "ended share": ended,
            "share of begun": shares["begun"],
            "share of deleted": shares["gone"],
            "deleted": gone,
            "replaced lead": old,
            "replaced join": old_join,
            "lead of deleted": other,
            "join of deleted": other_join,
        }
        self.links = {kind: path.split("/")[2] for kind, path in (live | dead).items()}
        link = self.links["counted"]
        self.links |= {
            "garbage": links.new_link(),
            "fingerprint": links.hash_link(link)[:22],
            "too short": link[:-1],
            "too long": f"{link}A",
            "odd signs": f"{link[:-2]}.~",
        }
        self.brought = make_response(app)

    def _share(self, own: str, number: int = SHARE) -> str:
        fields = {"number": str(number), "label": "", "shares_text": "y"}
        assert self.client.send(f"{own}/shares", fields, page=f"{own}/manage").status_code == 303
        return "/s/" + self.app.derive_link("share", f"{own.split('/')[2]}:{number}")

    def _take_again(self, before: str, after: str) -> None:
        with self.app.storage.write_transaction() as db:
            db.execute(
                "UPDATE response SET earlier = (SELECT id FROM response WHERE owner_hash = ?) WHERE owner_hash = ?",
                (link_hash(before), link_hash(after)),
            )

    def fields(self, endpoint: str) -> dict[str, Any]:
        """What a form at this address would send."""
        bank = self.app.bank
        return {
            "take.questions": {item.id: "weekly" for item in bank.pages[0]},
            "take.details": {"title": "x"},
            "goals.page": {"goals": bank.roles[0].id},
            "manage.create_share_link": {"number": "99"},
            "manage.retake": {"seed": links.new_link()},
            "lead.minimum": {"minimum": "8"},
            "lead.replace_links": {"seed": links.new_link(), "both": "y"},
            "join.start": {"seed": links.new_link(), "name": "Somebody"},
            "join.bring": {"link": self.brought, "name": "Somebody"},
        }.get(endpoint, {})

    def ask(self, rule: Rule, method: str, link: str) -> TestResponse:
        """The answer of one cell."""
        fields = self.token | self.fields(rule.endpoint) if method == "POST" else None
        return self.client.test_client.open(path_of(rule, link), method=method, data=fields, buffered=True)

    def save(self, place: Path) -> None:
        self.app.storage.close()
        shutil.copy(self.app.storage.file, place)

    def restore(self, place: Path) -> None:
        self.app.storage.close()
        shutil.copy(place, self.app.storage.file)


def path_of(rule: Rule, link: str) -> str:
    """The address of a rule with `link` in it; what else it takes is 1, or the number of the share."""
    number = SHARE if "/shares/" in rule.rule else 1
    return rule.rule.replace("<link:link>", link).replace("<int:number>", str(number))


def routes(app: App) -> Iterator[tuple[str, Rule, str]]:
    """Every address that holds a link with each of its methods; first how the table calls it."""
    for rule in app.url_map.iter_rules():
        if "link" in rule.arguments:
            for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
                yield f"{method} {path_of(rule, 'LINK')}", rule, method


def outside(answer: TestResponse) -> tuple[int, bytes, list[tuple[str, str]]]:
    """All that somebody outside can see of an answer, but for the date."""
    return answer.status_code, answer.data, sorted((name, value) for name, value in answer.headers if name != "Date")


def nowhere(world: World, rule: Rule, method: str, kind: str) -> object:
    """What an address answers that nobody ever made.

    Addresses for programs have a 404 of their own. Where a form comes with a link of the right shape, its token is
    looked at first, which the header `Vary` gives away; so that one is compared with a link that was never made.
    """
    path = "/nowhere.json" if rule.rule.endswith(".json") else "/nowhere"
    if method == "POST" and kind not in MALFORMED:
        plain, path = path, f"/r/{links.new_link()}/1"
        fields = world.token
        answers = [world.client.test_client.post(each, data=fields, buffered=True) for each in (plain, path)]
        assert len({answer.data for answer in answers}) == 1
        return outside(answers[1])
    return outside(world.client.test_client.open(path, method=method, buffered=True))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = World(create_app({"TESTING": True, "RATE_LIMITS": False}, instance=tmp_path_factory.mktemp("access") / "i"))
    made.build(CANARY)
    return made


@pytest.fixture
def saved(world: World, tmp_path: Path) -> Iterator[Path]:
    """Where the untouched database lies; it is put back after the test."""
    world.save(tmp_path / "saved.db")
    yield tmp_path / "saved.db"
    world.restore(tmp_path / "saved.db")


def test_the_table_names_every_address_that_holds_a_link(world: World):
    assert {line for line, _, _ in routes(world.app)} == table()[1].keys()


def test_the_table_and_the_dead_name_every_kind_of_link(world: World):
    assert {*table()[0], *DEAD} == world.links.keys()


@pytest.mark.thorough
def test_whatever_is_not_in_the_table_looks_like_an_address_that_was_never_there(world: World, saved: Path):
    cells = table()[1]
    before = dump(world)
    for line, rule, method in routes(world.app):
        for kind, link in world.links.items():
            if kind in cells[line]:
                continue
            for asked in ("GET", "HEAD") if method == "GET" else ("POST",):
                answer = world.ask(rule, asked, link)
                assert outside(answer) == nowhere(world, rule, asked, kind), f"{asked} {line} with {kind}"
                assert asked != "POST" or dump(world) == before, f"{line} with {kind} changed something"


def test_every_cell_of_the_table_answers_as_it_says_and_reading_writes_nothing(world: World, saved: Path):
    before = dump(world)
    for line, rule, method in routes(world.app):
        for kind, status in table()[1][line].items():
            answer = world.ask(rule, method, world.links[kind])
            assert answer.status_code == status, f"{line} with {kind}"
            if method == "POST":
                world.restore(saved)
            else:
                head = world.ask(rule, "HEAD", world.links[kind])
                assert (head.status_code, head.data) == (status, b"")
                assert dump(world) == before, f"{line} with {kind} wrote something"


def test_pages_without_a_link_answer_those_who_only_ask_for_the_head(world: World):
    before = dump(world)
    for rule in world.app.url_map.iter_rules():
        if not rule.arguments and "GET" in (rule.methods or ()):
            assert (
                world.client.test_client.head(rule.rule).status_code == world.client.get(rule.rule).status_code == 200
            )
    assert dump(world) == before


@pytest.mark.thorough
def test_a_method_that_an_address_does_not_take_is_refused_alike_for_every_link(world: World):
    for rule in world.app.url_map.iter_rules():
        if "link" not in rule.arguments:
            continue
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - (rule.methods or set()):
            answers = {
                outside(answer)[:2]
                for kind, link in world.links.items()
                if kind not in MALFORMED
                for answer in [world.ask(rule, method, link)]
            }
            assert len(answers) == 1, f"{method} {rule}"
            assert answers.pop()[0] == 405


def test_no_page_behind_a_link_shows_another_link_but_those_that_it_is_to_hand_out(world: World):
    may_show = {"counted": {"share"}, "lead": {"join"}, "lead o": {"join o"}}
    for kind in table()[0]:
        letter = {"share": "s", "lead": "t", "lead o": "t", "join": "j", "join o": "j"}.get(kind, "r")
        own = world.links[kind]
        seen, handed_out, todo = set(), set(), [f"/{letter}/{own}"]
        while todo:
            path = todo.pop()
            seen.add(path)
            answer = world.client.get(path)
            for target in re.findall(rf'"(?:http://localhost)?(/[rstj]/{links.LINK_PATTERN}[^"#]*)', answer.text):
                link = target.split("/")[2][:22]
                allowed = {own} | {world.links[other] for other in may_show.get(kind, ())}
                assert link in allowed, f"{path} shows {target}"
                handed_out |= {other for other in may_show.get(kind, ()) if link == world.links[other]}
                if link == own and target not in seen:
                    todo.append(target)
        assert may_show.get(kind, set()) <= handed_out


def test_somebody_elses_links_show_and_change_nothing_of_mine(world: World, saved: Path, tmp_path: Path):
    theirs = World(world.app)
    theirs.build("Somebody else")
    theirs.save(tmp_path / "both.db")
    mine = holdings(world)
    reached = 0
    for line, rule, method in routes(world.app):
        for kind in table()[1][line]:
            answer = theirs.ask(rule, method, theirs.links[kind])
            assert CANARY.encode() not in answer.data, f"{line} with {kind}"
            reached += answer.status_code < 400
            if method == "POST":
                assert holdings(world) == mine, f"{line} with {kind}"
                theirs.restore(tmp_path / "both.db")
    assert reached == sum(map(len, table()[1].values()))


def holdings(world: World) -> list[object]:
    """All that is kept behind the live links of a world."""
    storage, own = world.app.storage, {kind: links.hash_link(link) for kind, link in world.links.items()}
    teams = [storage.load_team(own[kind]) for kind in ("lead", "lead o")]
    people = ("counted", "named", "begun")
    return [
        *teams,
        *(storage.load_response(own[kind]) for kind in people),
        *(storage.load_membership(own[kind]) for kind in people),
        *(storage.load_round_members(team.id) for team in teams if team),
        storage.load_shared_response(own["share"]),
        *(storage.load_team_by_join_link(own[kind]) for kind in ("join", "join o")),
    ]


def dump(world: World) -> dict[str, list[dict[str, object]]]:
    """Every row of every table."""
    with world.app.storage.read_transaction() as db:
        return {name: list(db[name].rows) for name in db.table_names()}


def matrix(world: World, saved: Path) -> Iterator[Mapping[str, str]]:
    """What was found, a line an address: the status for each kind of link."""
    for line, rule, method in routes(world.app):
        row = {"": line}
        for kind, link in world.links.items():
            status = world.ask(rule, method, link).status_code
            row[kind] = "." if status == 404 else str(status)
            if method == "POST":
                world.restore(saved)
        yield row


def main() -> None:
    """Print the matrix, its rows in the order of the table."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(create_app({"TESTING": True, "RATE_LIMITS": False}, instance=Path(folder) / "instance"))
        world.build(CANARY)
        world.save(Path(folder) / "saved.db")
        order = list(table()[1])
        rows = sorted(matrix(world, Path(folder) / "saved.db"), key=lambda row: order.index(row[""]))
        widths = {kind: max(len(kind), 3) for kind in world.links} | {"": max(map(len, order))}
        for row in [{kind: kind for kind in rows[0]}, *rows]:
            print("  ".join(cell.ljust(widths[kind]) for kind, cell in row.items()).rstrip())
        world.app.storage.close()


if __name__ == "__main__":
    main()
