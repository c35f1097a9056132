"""Every address with a link × every kind of link: only the cells of the table have a page, all others the same 404.

`python -m tests.web.test_access` prints the matrix of the statuses that the app gives.
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
from quiz.storage import ShareLink
from quiz.web import links
from quiz.web.app import App
from tests.checks import dump_database
from tests.clients import Client
from tests.factories import (
    all_answers,
    ask_for_view,
    fill_team,
    join_path,
    join_team,
    link_hash,
    make_response,
    make_second_view,
    make_team,
)

#: The status of each address for each kind of link; a dot is a 404. GET includes HEAD.
#:
#: `counted` is the owner link of a finished retake that a round of an anonymous team counted, `named` that of a
#: response in an open team, `draft` that of an unfinished response in no team. `counted` and `draft` have a share link
#: with number 7; `share` is that of `counted`. `lead` and `join` belong to an anonymous team with a closed and an open
#: round, `lead o` and `join o` to an open team. `view` is the view link of `named`, with which nobody has begun;
#: `viewer` is the viewer link of the second view of `counted`, which was sent.
TABLE = """
                                    counted  named  draft  share  lead  lead o  join  join o  view  viewer
GET  /r/LINK                        200      200    303    .      .     .       .     .       .     .
GET  /r/LINK.json                   200      200    200    .      .     .       .     .       .     .
GET  /r/LINK.csv                    200      200    200    .      .     .       .     .       .     .
GET  /r/LINK/qr.svg                 200      200    200    .      .     .       .     .       .     .
GET  /r/LINK/1                      200      200    200    .      .     .       .     .       .     .
POST /r/LINK/1                      303      303    303    .      .     .       .     .       .     .
GET  /r/LINK/more                   200      200    200    .      .     .       .     .       .     .
POST /r/LINK/more                   303      303    303    .      .     .       .     .       .     .
GET  /r/LINK/compare                303      303    303    .      .     .       .     .       .     .
POST /r/LINK/compare                303      303    303    .      .     .       .     .       .     .
GET  /r/LINK/later                  200      200    200    .      .     .       .     .       .     .
GET  /r/LINK/check                  200      200    303    .      .     .       .     .       .     .
POST /r/LINK/check                  303      303    303    .      .     .       .     .       .     .
GET  /r/LINK/goals                  200      200    .      .      .     .       .     .       .     .
POST /r/LINK/goals                  303      303    .      .      .     .       .     .       .     .
POST /r/LINK/feedback               303      303    .      .      .     .       .     .       .     .
POST /r/LINK/feedback/roles         303      303    .      .      .     .       .     .       .     .
POST /r/LINK/feedback/delete        303      303    .      .      .     .       .     .       .     .
POST /r/LINK/job-goal               303      303    .      .      .     .       .     .       .     .
POST /r/LINK/job-goal/delete        303      303    303    .      .     .       .     .       .     .
GET  /r/LINK/advert                 200      200    .      .      .     .       .     .       .     .
POST /r/LINK/advert                 200      200    .      .      .     .       .     .       .     .
GET  /r/LINK/conversation           200      200    .      .      .     .       .     .       .     .
POST /r/LINK/conversation           303      303    .      .      .     .       .     .       .     .
GET  /r/LINK/changes                200      .      .      .      .     .       .     .       .     .
POST /r/LINK/changes                303      .      .      .      .     .       .     .       .     .
GET  /r/LINK/manage                 200      200    200    .      .     .       .     .       .     .
POST /r/LINK/shares                 303      303    303    .      .     .       .     .       .     .
GET  /r/LINK/shares/7.svg           200      .      200    .      .     .       .     .       .     .
POST /r/LINK/shares/7/end           303      303    303    .      .     .       .     .       .     .
POST /r/LINK/extend                 303      303    303    .      .     .       .     .       .     .
POST /r/LINK/retake                 303      303    303    .      .     .       .     .       .     .
GET  /r/LINK/delete                 200      200    200    .      .     .       .     .       .     .
POST /r/LINK/delete                 303      303    303    .      .     .       .     .       .     .
GET  /r/LINK/team                   200      200    .      .      .     .       .     .       .     .
GET  /r/LINK/team/rounds/1          200      .      .      .      .     .       .     .       .     .
POST /r/LINK/team/name              .        303    .      .      .     .       .     .       .     .
POST /r/LINK/team/removal/read      303      303    303    .      .     .       .     .       .     .
POST /r/LINK/team/leave             303      303    303    .      .     .       .     .       .     .
GET  /s/LINK                        .        .      .      200    .     .       .     .       .     .
GET  /t/LINK                        .        .      .      .      200   200     .     .       .     .
GET  /t/LINK/join.svg               .        .      .      .      200   200     .     .       .     .
GET  /t/LINK/close                  .        .      .      .      303   .       .     .       .     .
POST /t/LINK/close                  .        .      .      .      303   .       .     .       .     .
POST /t/LINK/next                   .        .      .      .      303   .       .     .       .     .
POST /t/LINK/minimum                .        .      .      .      303   .       .     .       .     .
GET  /t/LINK/remove                 .        .      .      .      .     303     .     .       .     .
POST /t/LINK/remove                 .        .      .      .      .     303     .     .       .     .
POST /t/LINK/links                  .        .      .      .      303   303     .     .       .     .
GET  /t/LINK/needs                  .        .      .      .      .     200     .     .       .     .
POST /t/LINK/needs                  .        .      .      .      .     303     .     .       .     .
GET  /t/LINK/away                   .        .      .      .      .     200     .     .       .     .
POST /t/LINK/away                   .        .      .      .      .     200     .     .       .     .
GET  /t/LINK/hire                   .        .      .      .      .     200     .     .       .     .
POST /t/LINK/hire                   .        .      .      .      .     200     .     .       .     .
GET  /t/LINK/table.json             .        .      .      .      .     200     .     .       .     .
GET  /t/LINK/table.csv              .        .      .      .      .     200     .     .       .     .
GET  /t/LINK/rounds/1               .        .      .      .      200   .       .     .       .     .
GET  /t/LINK/rounds/1.json          .        .      .      .      200   .       .     .       .     .
GET  /t/LINK/rounds/1.csv           .        .      .      .      200   .       .     .       .     .
GET  /t/LINK/delete                 .        .      .      .      200   200     .     .       .     .
POST /t/LINK/delete                 .        .      .      .      303   303     .     .       .     .
GET  /j/LINK                        .        .      .      .      .     .       200   200     .     .
POST /j/LINK/start                  .        .      .      .      .     .       303   303     .     .
POST /j/LINK/bring                  .        .      .      .      .     .       303   303     .     .
GET  /r/LINK/second-view            200      200    .      .      .     .       .     .       .     .
POST /r/LINK/second-view            303      303    .      .      .     .       .     .       .     .
GET  /r/LINK/second-view/qr.svg     200      200    .      .      .     .       .     .       .     .
GET  /r/LINK/second-view/open       200      303    .      .      .     .       .     .       .     .
POST /r/LINK/second-view/open       303      303    .      .      .     .       .     .       .     .
POST /r/LINK/second-view/sheet      303      303    .      .      .     .       .     .       .     .
GET  /r/LINK/second-view/end        200      200    .      .      .     .       .     .       .     .
POST /r/LINK/second-view/end        303      303    .      .      .     .       .     .       .     .
GET  /r/LINK/team/away              .        200    .      .      .     .       .     .       .     .
POST /r/LINK/team/away              .        200    .      .      .     .       .     .       .     .
GET  /r/LINK/team/hire              .        200    .      .      .     .       .     .       .     .
POST /r/LINK/team/hire              .        200    .      .      .     .       .     .       .     .
GET  /r/LINK/team/table.json        .        200    .      .      .     .       .     .       .     .
GET  /r/LINK/team/table.csv         .        200    .      .      .     .       .     .       .     .
GET  /v/LINK                        .        .      .      .      .     .       .     .       200   .
POST /v/LINK/begin                  .        .      .      .      .     .       .     .       303   .
GET  /w/LINK                        .        .      .      .      .     .       .     .       .     200
GET  /w/LINK/1                      .        .      .      .      .     .       .     .       .     303
POST /w/LINK/1                      .        .      .      .      .     .       .     .       .     303
GET  /w/LINK/priorities             .        .      .      .      .     .       .     .       .     303
POST /w/LINK/priorities             .        .      .      .      .     .       .     .       .     303
GET  /w/LINK/check                  .        .      .      .      .     .       .     .       .     303
POST /w/LINK/check                  .        .      .      .      .     .       .     .       .     303
GET  /w/LINK/later                  .        .      .      .      .     .       .     .       .     200
GET  /w/LINK/qr.svg                 .        .      .      .      .     .       .     .       .     200
POST /w/LINK/take-back              .        .      .      .      .     .       .     .       .     303
GET  /w/LINK/delete                 .        .      .      .      .     .       .     .       .     200
POST /w/LINK/delete                 .        .      .      .      .     .       .     .       .     303
"""
#: Links that open nothing: they have ended or never existed.
DEAD = (
    "ended share",
    "share of draft",
    "share of deleted",
    "deleted",
    "replaced lead",
    "replaced join",
    "lead of deleted",
    "join of deleted",
    "ended view",
    "ended viewer",
    "view of deleted",
    "viewer of deleted",
    "garbage",
    "hash",
    "too short",
    "too long",
    "odd characters",
)
#: Those that do not have the form of a link.
MALFORMED = {"too short", "too long", "odd characters"}
CANARY = "Canary of the first data"
SHARE_NUMBER = 7


def expected_statuses() -> tuple[list[str], dict[str, dict[str, int]]]:
    """The kinds of links in `TABLE`, and the status of each allowed kind for each line."""
    header, *lines = TABLE.strip().splitlines()
    kinds = re.split(r"\s{2,}", header.strip())
    cells = {}
    for line in lines:
        method, path, *statuses = line.split()
        cells[f"{method} {path}"] = {kind: int(cell) for kind, cell in zip(kinds, statuses, strict=True) if cell != "."}
    return kinds, cells


@dataclass
class TestData:
    """Everything that a link can open, and every kind of link. `restore` undoes changes since `save`."""

    __test__ = False

    app: App
    links: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.client = Client(self.app)
        self.token = self.client.token()

    def build(self, canary: str) -> None:
        """Store responses, teams and links, with `canary` in every text."""
        app, client = self.app, self.client
        lead, open_lead = (make_team(client, kind, name=f"{canary} {kind}") for kind in ("anonymous", "open"))
        counted, *_ = fill_team(app, client, lead, 6)
        client.send(f"{counted}/more", {"title": canary, "text": canary})
        client.send(f"{lead}/close", page=lead)
        client.send(f"{lead}/next", page=lead)
        self._set_earlier(counted, make_response(app, title=canary))
        named, deleted = make_response(app, title=canary), make_response(app)
        draft = make_response(app, {app.bank.pages[0][0].id: "weekly"}, done=False)
        join_team(app, join_path(client, open_lead), named, canary, shares_wishes=True)
        join_team(app, join_path(client, open_lead), make_response(app), f"{canary} too", shares_wishes=True)
        shares = {
            name: self._share(path) for name, path in {"share": counted, "draft": draft, "deleted": deleted}.items()
        }
        ended = self._share(counted, SHARE_NUMBER + 1)
        client.send(f"{counted}/shares/{SHARE_NUMBER + 1}/end", page=f"{counted}/manage")
        client.send(f"{deleted}/delete")
        replaced_lead, deleted_lead = make_team(client, name=canary), make_team(client)
        replaced_join, deleted_join = join_path(client, replaced_lead), join_path(client, deleted_lead)
        client.send(f"{replaced_lead}/links", {"both": "y"}, page=replaced_lead)
        client.send(f"{deleted_lead}/delete")
        never = all_answers(app.bank, "never")
        _, viewer = make_second_view(client, counted, never, app.bank.roles[0].responsibilities[0].id)
        open_counted = make_response(app)
        ended_view, ended_viewer = make_second_view(client, open_counted, never)
        client.send(f"{ended_viewer}/delete")
        other_deleted = make_response(app)
        deleted_view, deleted_viewer = make_second_view(client, other_deleted, never)
        client.send(f"{other_deleted}/delete")
        live = {
            "counted": counted,
            "named": named,
            "draft": draft,
            "share": shares["share"],
            "lead": lead,
            "lead o": open_lead,
            "join": join_path(client, lead),
            "join o": join_path(client, open_lead),
            "view": ask_for_view(client, named, canary, canary),
            "viewer": viewer,
        }
        dead = {
            "ended share": ended,
            "share of draft": shares["draft"],
            "share of deleted": shares["deleted"],
            "deleted": deleted,
            "replaced lead": replaced_lead,
            "replaced join": replaced_join,
            "lead of deleted": deleted_lead,
            "join of deleted": deleted_join,
            "ended view": ended_view,
            "ended viewer": ended_viewer,
            "view of deleted": deleted_view,
            "viewer of deleted": deleted_viewer,
        }
        self.links = {kind: path.split("/")[2] for kind, path in (live | dead).items()}
        link = self.links["counted"]
        self.links |= {
            "garbage": links.new_link(),
            "hash": links.hash_link(link)[:22],
            "too short": link[:-1],
            "too long": f"{link}A",
            "odd characters": f"{link[:-2]}.~",
        }
        self.joining = make_response(app)
        team = app.storage.load_team(link_hash(open_lead))
        assert team
        self.absent = app.storage.load_open_members(team.id)[0].response

    def _share(self, path: str, number: int = SHARE_NUMBER) -> str:
        """Create a share link. Returns its path."""
        link = self.app.derive_link("share", f"{path.split('/')[2]}:{number}")
        share_link = ShareLink(number, "", shares_text=True, shares_wishes=False, created=self.app.today())
        share_hash = links.hash_link(link)
        assert self.app.storage.create_share_link(link_hash(path), share_link, share_hash=share_hash) == number
        return f"/s/{link}"

    def _set_earlier(self, path: str, earlier: str) -> None:
        """Make a response the retake of another."""
        with self.app.storage.write_transaction() as db:
            db.execute(
                "UPDATE response SET earlier = (SELECT id FROM response WHERE owner_hash = ?) WHERE owner_hash = ?",
                (link_hash(earlier), link_hash(path)),
            )

    def fields(self, endpoint: str) -> dict[str, Any]:
        """The fields of the form of this endpoint."""
        bank = self.app.bank
        return {
            "take.questions": {item.id: "weekly" for item in bank.pages[0]},
            "take.details": {"title": "x"},
            "goals.page": {"goals": bank.roles[0].id},
            "feedback.save": {"fits": "yes"},
            "goals.save_job_goal": {"name": "x", "responsibilities": next(iter(bank.responsibility))},
            "own_advert.compare": {"text": "You build data pipelines with Airflow."},
            "second_view.page": {"seed": links.new_link(), "owner_name": "Ada", "viewer_name": "Kim"},
            "view_request.begin": {"seed": links.new_link()},
            "viewer.questions": {item.id: "weekly" for item in bank.pages[0]},
            "manage.create_share_link": {"seed": links.new_link()},
            "manage.retake": {"seed": links.new_link()},
            "lead.minimum": {"minimum": "8"},
            "lead.replace_links": {"seed": links.new_link(), "both": "y"},
            "lead_team.needs": {"need-pipelines": "2"},
            **{f"{who}_team.away": {"absent": str(self.absent)} for who in ("lead", "member")},
            **{f"{who}_team.hire": {"role": bank.roles[0].id} for who in ("lead", "member")},
            "member.rename": {"name": "Ada Lovelace"},
            "join.start": {"seed": links.new_link(), "name": "Ada"},
            "join.bring": {"link": self.joining, "name": "Ada"},
        }.get(endpoint, {})

    def request(self, rule: Rule, method: str, link: str) -> TestResponse:
        """The response of this address to this link."""
        fields = self.token | self.fields(rule.endpoint) if method == "POST" else None
        return self.client.test_client.open(path_of(rule, link), method=method, data=fields, buffered=True)

    def save(self, copy: Path) -> None:
        """Copy the database to `copy`."""
        self.app.storage.close()
        shutil.copy(self.app.storage.file, copy)

    def restore(self, copy: Path) -> None:
        """Replace the database by `copy`."""
        self.app.storage.close()
        shutil.copy(copy, self.app.storage.file)


def path_of(rule: Rule, link: str) -> str:
    """The address of a rule with `link` in it. Other numbers in it are 1, or the number of the share link."""
    number = SHARE_NUMBER if "/shares/" in rule.rule else 1
    return rule.rule.replace("<link:link>", link).replace("<int:number>", str(number))


def routes(app: App) -> Iterator[tuple[str, Rule, str]]:
    """Every address with a link, with each of its methods. The first value is its line in the table."""
    for rule in app.url_map.iter_rules():
        if "link" in rule.arguments:
            for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
                yield f"{method} {path_of(rule, 'LINK')}", rule, method


def observable(response: TestResponse) -> tuple[int, bytes, list[tuple[str, str]]]:
    """Everything that a client can see of a response, except the date."""
    return (
        response.status_code,
        response.data,
        sorted((name, value) for name, value in response.headers if name != "Date"),
    )


def not_found_response(data: TestData, rule: Rule, method: str, kind: str) -> object:
    """The response of an address that does not exist.

    JSON addresses have a different 404. If a form is sent to a well-formed link, its token is checked first, which the
    header `Vary` shows; so that response is compared with the one for a link that was never created.
    """
    path = "/nowhere.json" if rule.rule.endswith(".json") else "/nowhere"
    if method == "POST" and kind not in MALFORMED:
        unknown_path, path = path, f"/r/{links.new_link()}/1"
        fields = data.token
        responses = [data.client.test_client.post(each, data=fields, buffered=True) for each in (unknown_path, path)]
        assert len({response.data for response in responses}) == 1
        return observable(responses[1])
    return observable(data.client.test_client.open(path, method=method, buffered=True))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> TestData:
    data = TestData(
        create_app({"TESTING": True, "RATE_LIMITS": False}, instance=tmp_path_factory.mktemp("access") / "i")
    )
    data.build(CANARY)
    return data


@pytest.fixture
def saved(data: TestData, tmp_path: Path) -> Iterator[Path]:
    """A copy of the database, which replaces it after the test."""
    data.save(tmp_path / "saved.db")
    yield tmp_path / "saved.db"
    data.restore(tmp_path / "saved.db")


def test_the_table_has_every_address_with_a_link(data: TestData):
    assert {line for line, _, _ in routes(data.app)} == expected_statuses()[1].keys()


def test_every_kind_of_link_is_in_the_table_or_in_the_list_of_dead_links(data: TestData):
    assert {*expected_statuses()[0], *DEAD} == data.links.keys()


@pytest.mark.thorough
def test_every_other_combination_gives_the_response_of_an_unknown_address(data: TestData, saved: Path):
    cells = expected_statuses()[1]
    before = dump(data)
    for line, rule, method in routes(data.app):
        for kind, link in data.links.items():
            if kind in cells[line]:
                continue
            for sent_method in ("GET", "HEAD") if method == "GET" else ("POST",):
                response = data.request(rule, sent_method, link)
                assert observable(response) == not_found_response(data, rule, sent_method, kind), (
                    f"{sent_method} {line} with {kind}"
                )
                assert sent_method != "POST" or dump(data) == before, f"{line} with {kind} changed something"


@pytest.mark.thorough
def test_every_cell_of_the_table_has_its_status_and_reading_writes_nothing(data: TestData, saved: Path):
    before = dump(data)
    for line, rule, method in routes(data.app):
        for kind, status in expected_statuses()[1][line].items():
            response = data.request(rule, method, data.links[kind])
            assert response.status_code == status, f"{line} with {kind}"
            if method == "POST":
                data.restore(saved)
            else:
                head = data.request(rule, "HEAD", data.links[kind])
                assert (head.status_code, head.data) == (status, b"")
                assert dump(data) == before, f"{line} with {kind} wrote something"


def test_pages_without_a_link_answer_head_requests(data: TestData):
    before = dump(data)
    for rule in data.app.url_map.iter_rules():
        if not rule.arguments and "GET" in (rule.methods or ()):
            assert data.client.test_client.head(rule.rule).status_code == data.client.get(rule.rule).status_code == 200
    assert dump(data) == before


@pytest.mark.thorough
def test_another_method_gives_the_same_405_for_every_link(data: TestData):
    for rule in data.app.url_map.iter_rules():
        if "link" not in rule.arguments:
            continue
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - (rule.methods or set()):
            responses = {
                observable(response)[:2]
                for kind, link in data.links.items()
                if kind not in MALFORMED
                for response in [data.request(rule, method, link)]
            }
            assert len(responses) == 1, f"{method} {rule}"
            assert responses.pop()[0] == 405


def test_a_page_shows_no_links_except_its_own_and_those_it_is_for(data: TestData):
    allowed_kinds = {"counted": {"share"}, "named": {"view"}, "lead": {"join"}, "lead o": {"join o"}}
    for kind in expected_statuses()[0]:
        letters = {"share": "s", "lead": "t", "lead o": "t", "join": "j", "join o": "j"}
        letter = letters.get(kind, {"view": "v", "viewer": "w"}.get(kind, "r"))
        own_link = data.links[kind]
        opened, shown_links, to_open = set(), set(), [f"/{letter}/{own_link}"]
        while to_open:
            path = to_open.pop()
            opened.add(path)
            response = data.client.get(path)
            for target in re.findall(rf'"(?:http://localhost)?(/[rstjvw]/{links.LINK_PATTERN}[^"#]*)', response.text):
                link = target.split("/")[2][:22]
                allowed = {own_link} | {data.links[other] for other in allowed_kinds.get(kind, ())}
                assert link in allowed, f"{path} shows {target}"
                shown_links |= {other for other in allowed_kinds.get(kind, ()) if link == data.links[other]}
                if link == own_link and target not in opened:
                    to_open.append(target)
        assert allowed_kinds.get(kind, set()) <= shown_links


def test_the_links_of_other_people_show_and_change_nothing(data: TestData, saved: Path, tmp_path: Path):
    other = TestData(data.app)
    other.build("Other data")
    other.save(tmp_path / "both.db")
    before = linked_data(data)
    reached = 0
    for line, rule, method in routes(data.app):
        for kind in expected_statuses()[1][line]:
            response = other.request(rule, method, other.links[kind])
            assert CANARY.encode() not in response.data, f"{line} with {kind}"
            reached += response.status_code < 400
            if method == "POST":
                assert linked_data(data) == before, f"{line} with {kind}"
                other.restore(tmp_path / "both.db")
    assert reached == sum(map(len, expected_statuses()[1].values()))


def linked_data(data: TestData) -> list[object]:
    """Everything stored behind the links of the table."""
    storage, hashes = data.app.storage, {kind: links.hash_link(link) for kind, link in data.links.items()}
    teams = [storage.load_team(hashes[kind]) for kind in ("lead", "lead o")]
    people = ("counted", "named", "draft")
    return [
        *teams,
        *(storage.load_response(hashes[kind]) for kind in people),
        *(storage.load_membership(hashes[kind]) for kind in people),
        *(storage.load_round_members(team.id) for team in teams if team),
        *(storage.load_needs(team.id) for team in teams if team),
        storage.load_shared_response(hashes["share"]),
        storage.load_requested_view(hashes["view"]),
        storage.load_viewer(hashes["viewer"]),
        *(storage.load_team_by_join_link(hashes[kind]) for kind in ("join", "join o")),
    ]


def dump(data: TestData) -> dict[str, list[dict[str, object]]]:
    """Every row of every table."""
    return dump_database(data.app)


def matrix(data: TestData, saved: Path) -> Iterator[Mapping[str, str]]:
    """The status of each kind of link, one row for each address."""
    for line, rule, method in routes(data.app):
        row = {"": line}
        for kind, link in data.links.items():
            status = data.request(rule, method, link).status_code
            row[kind] = "." if status == 404 else str(status)
            if method == "POST":
                data.restore(saved)
        yield row


def main() -> None:
    """Print the matrix, its rows in the order of the table."""
    with tempfile.TemporaryDirectory() as folder:
        data = TestData(create_app({"TESTING": True, "RATE_LIMITS": False}, instance=Path(folder) / "instance"))
        data.build(CANARY)
        data.save(Path(folder) / "saved.db")
        order = list(expected_statuses()[1])
        rows = sorted(matrix(data, Path(folder) / "saved.db"), key=lambda row: order.index(row[""]))
        widths = {kind: max(len(kind), 3) for kind in data.links} | {"": max(map(len, order))}
        for row in [{kind: kind for kind in rows[0]}, *rows]:
            print("  ".join(cell.ljust(widths[kind]) for kind, cell in row.items()).rstrip())
        data.app.storage.close()


if __name__ == "__main__":
    main()
