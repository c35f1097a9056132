"""Forms that create something: sent twice they create one thing; sent again later they never open what exists."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, NamedTuple

import pytest

from quiz.web import links, seeds
from quiz.web.app import App
from tests.checks import count_rows, load_response
from tests.clients import Client, Page
from tests.factories import all_answers, ask_for_view, join_path, make_response, make_team, share_numbers

pytestmark = pytest.mark.both_engines


class Form(NamedTuple):
    """A form that creates something: its page, its address, what is entered, and the table that gets a row."""

    page: str
    action: str
    fields: Mapping[str, str]
    other_fields: Mapping[str, str]
    table: str


@pytest.fixture
def forms(app: App, client: Client) -> dict[str, Form]:
    """Each form with a seed that creates a row."""
    join = join_path(client, make_team(client, "open"))
    anonymous_join = join_path(client, make_team(client))
    owner = make_response(app)
    manage = f"{owner}/manage"
    asking, names = make_response(app), {"owner_name": "Ada", "viewer_name": "Kim"}
    view = ask_for_view(client, make_response(app))
    team = {"name": "Crew", "kind": "open", "minimum": "5"}
    return {
        "start": Form("/", "/start", {}, {}, "response"),
        "join": Form(join, f"{join}/start", {"name": "Ada"}, {"name": "Bo"}, "response"),
        "join anonymous": Form(anonymous_join, f"{anonymous_join}/start", {}, {}, "response"),
        "retake": Form(manage, f"{owner}/retake", {}, {}, "response"),
        "team": Form("/teams", "/teams", team, team | {"name": "Other crew"}, "team"),
        "share": Form(manage, f"{owner}/shares", {"label": "Ada"}, {"label": "Bo"}, "share_link"),
        "second view": Form(f"{asking}/second-view", f"{asking}/second-view", names, {}, "second_view"),
        "viewer": Form(view, f"{view}/begin", {}, {}, "viewer"),
    }


NAMES = ("start", "join", "join anonymous", "retake", "team", "share")
#: The forms of a second view create one thing only, also if they are sent again later.
ONCE = ("second view", "viewer")
WITH_CONTENT = ("join", "team", "share")
OF_A_RESPONSE = ("start", "join", "join anonymous", "retake")


def seed_of(client: Client, form: Form) -> str:
    """The seed on a page."""
    return dict(client.see(form.page).fields)["seed"]


def send(client: Client, form: Form, seed: str, fields: Mapping[str, str] | None = None) -> str:
    """Send a form with this seed. Returns where it leads."""
    fields = form.fields if fields is None else fields
    response = client.post(form.action, client.token() | {"seed": seed} | dict(fields))
    assert response.status_code == 303, response.text
    return str(response.location)


@pytest.fixture
def clock(monkeypatch) -> Callable[[int], None]:
    """Moves the clock of the forms forward, by seconds."""
    now = seeds.unix_time()

    def move(seconds: int) -> None:
        nonlocal now
        now += seconds
        monkeypatch.setattr(seeds, "unix_time", lambda: now)

    move(0)
    return move


@pytest.mark.parametrize("name", [*NAMES, *ONCE])
def test_a_double_click_creates_one_thing(app: App, client: Client, forms, name):
    form = forms[name]
    before, seed = count_rows(app, form.table), seed_of(client, form)
    assert send(client, form, seed) == send(client, form, seed)
    assert count_rows(app, form.table) == before + 1


@pytest.mark.parametrize("name", [*NAMES, *ONCE])
def test_two_threads_that_send_the_same_form_at_once_create_one_thing(app: App, client: Client, forms, name):
    form, barrier = forms[name], Barrier(2)
    before, seed = count_rows(app, form.table), seed_of(client, form)

    def send_at_once() -> str:
        thread_client = Client(app)
        token = thread_client.token()
        barrier.wait()
        try:
            fields = token | {"seed": seed} | dict(form.fields)
            return str(thread_client.post(form.action, fields).location)
        finally:
            app.storage.close()

    with ThreadPoolExecutor(2) as pool:
        first, second = (future.result() for future in [pool.submit(send_at_once) for _ in range(2)])
    assert first == second
    assert count_rows(app, form.table) == before + 1


@pytest.mark.parametrize("name", [name for name in NAMES if name != "join"])
def test_the_same_form_creates_another_thing_after_two_minutes(app: App, client: Client, forms, clock, name):
    form = forms[name]
    before, seed = count_rows(app, form.table), seed_of(client, form)
    first = send(client, form, seed)
    clock(120)
    assert send(client, form, seed) == first
    assert count_rows(app, form.table) == before + 1
    clock(1)
    assert (send(client, form, seed) == first) is (name == "share"), "every share link leads to the same page"
    assert count_rows(app, form.table) == before + 2


def test_in_an_open_team_the_same_form_asks_for_another_name_after_two_minutes(app: App, client: Client, forms, clock):
    form = forms["join"]
    before, seed = count_rows(app, form.table), seed_of(client, form)
    first = send(client, form, seed)
    clock(121)
    response = client.post(form.action, client.token() | {"seed": seed} | dict(form.fields))
    assert response.status_code == 422
    assert first not in response.text
    assert count_rows(app, form.table) == before + 1
    assert send(client, form, seed, form.other_fields) != first


@pytest.mark.parametrize("name", NAMES)
def test_a_page_that_was_open_for_hours_can_still_be_sent_twice(app: App, client: Client, forms, clock, name):
    form = forms[name]
    before, seed = count_rows(app, form.table), seed_of(client, form)
    clock(3 * 3600)
    send(client, form, seed)
    clock(30)
    send(client, form, seed)
    assert count_rows(app, form.table) == before + 1


@pytest.mark.parametrize("name", NAMES)
def test_a_request_that_is_handled_after_a_later_one_creates_nothing_more(app: App, client: Client, forms, clock, name):
    form = forms[name]
    before, seed = count_rows(app, form.table), seed_of(client, form)
    clock(9)
    send(client, form, seed)
    clock(-9)
    send(client, form, seed)
    assert count_rows(app, form.table) == before + 1


@pytest.mark.parametrize("name", WITH_CONTENT)
def test_the_same_seed_with_another_content_creates_another_thing(app: App, client: Client, forms, name):
    form = forms[name]
    before, seed = count_rows(app, form.table), seed_of(client, form)
    first, second = send(client, form, seed), send(client, form, seed, form.other_fields)
    assert (first == second) is (name == "share")
    assert count_rows(app, form.table) == before + 2


@pytest.mark.parametrize("name", WITH_CONTENT)
def test_spaces_around_what_was_typed_make_no_difference(app: App, client: Client, forms, name):
    form = forms[name]
    before, seed = count_rows(app, form.table), seed_of(client, form)
    typed = {field: f"  {value} " if field in {"name", "label"} else value for field, value in form.fields.items()}
    assert send(client, form, seed) == send(client, form, seed, typed)
    assert count_rows(app, form.table) == before + 1


def test_the_seed_of_one_form_creates_nothing_known_in_another(app: App, client: Client, forms):
    seed = links.new_link()
    locations = [send(client, forms[name], seed) for name in OF_A_RESPONSE]
    assert len(set(locations)) == len(locations)


#: What makes a response used.
USES: dict[str, Callable[[Client, str], Any]] = {
    "an answer": lambda client, own: client.send(f"{own}/1", {client.app.bank.pages[0][0].id: "daily"}),
    "an answer saved by the script": lambda client, own: client.send(
        f"{own}/1", {client.app.bank.pages[0][0].id: "daily", "go_to": "stay"}
    ),
    "a job title": lambda client, own: client.send(f"{own}/more", {"title": "Wizard"}),
    "a free text": lambda client, own: client.send(f"{own}/more", {"text": "Figures."}),
    "a contact": lambda client, own: client.send(f"{own}/more", {"contacts": ["ml-engineer"]}),
    "the optional page, empty": lambda client, own: client.send(f"{own}/more"),
    "a share link": lambda client, own: client.send(f"{own}/shares", {"seed": links.new_link()}, page=f"{own}/manage"),
    "the whole quiz": lambda client, own: client.answer(own, all_answers(client.app.bank, "weekly")),
}


@pytest.mark.parametrize(
    ("name", "use"), [*(("start", use) for use in USES), *((name, "an answer") for name in OF_A_RESPONSE[1:])]
)
def test_a_form_that_is_sent_again_never_opens_a_response_that_was_used(app: App, client: Client, forms, name, use):
    form = forms[name]
    seed = seed_of(client, form)
    own = send(client, form, seed).removesuffix("/1")
    USES[use](client, own)
    before = load_response(app, own)
    next_person, fields = Client(app), form.other_fields  # in an open team, the name of the first is taken
    other = send(next_person, form, seed, fields).removesuffix("/1")
    assert other != own
    assert load_response(app, other).answers == {}
    assert load_response(app, own) == before
    assert send(next_person, form, seed, fields).removesuffix("/1") == other, "a double click of the next person"


def test_a_started_response_that_joined_a_team_is_used(app: App, client: Client, forms):
    form, seed = forms["start"], links.new_link()
    own = send(client, form, seed).removesuffix("/1")
    join = join_path(client, make_team(client))
    client.send(f"{join}/bring", {"link": own.removeprefix("/r/")}, page=join)
    assert send(client, form, seed).removesuffix("/1") != own


@pytest.mark.parametrize("name", OF_A_RESPONSE)
def test_a_deleted_response_never_exists_again(app: App, client: Client, forms, clock, name):
    form = forms[name]
    seed = seed_of(client, form)
    deleted = []
    for seconds in (0, 1, 60, 121):
        own = send(client, form, seed).removesuffix("/1")
        assert own not in deleted
        client.send(f"{own}/delete")
        deleted.append(own)
        clock(seconds)
        if name == "retake":  # the response that it repeats was deleted with it
            break
    for own in deleted:
        assert client.get(own).status_code == client.get(f"{own}/1").status_code == 404


@pytest.mark.parametrize("change", ["minimum", "member", "join link", "round"])
def test_a_team_that_was_used_is_not_opened_by_the_same_form(app: App, client: Client, change):
    fields = {"name": "Crew", "kind": "anonymous", "minimum": "5"}
    form, seed = Form("/teams", "/teams", fields, {}, "team"), links.new_link()
    lead = send(client, form, seed)
    if change == "minimum":
        client.send(f"{lead}/minimum", {"minimum": "8"}, page=lead)
    elif change == "member":
        join = join_path(client, lead)
        client.send(f"{join}/start", page=join)
    elif change == "join link":
        client.send(f"{lead}/links", page=lead)
    else:
        join = join_path(client, lead)
        for _ in range(5):
            own = client.take(all_answers(app.bank, "weekly"))
            client.send(f"{join}/bring", {"link": own.removeprefix("/r/")}, page=join)
        client.send(f"{lead}/close", page=lead)
    assert send(client, form, seed) != lead


def test_a_deleted_team_and_its_replaced_links_never_exist_again(client: Client, forms):
    form, seed = forms["team"], links.new_link()
    dead = []
    for _ in range(3):
        lead = send(client, form, seed)
        assert lead not in dead
        dead += [lead, join_path(client, lead)]
        new_lead = client.send(f"{lead}/links", {"both": "y"}, page=lead).location
        dead += [new_lead, join_path(client, new_lead)]
        client.send(f"{new_lead}/delete", page=new_lead)
    assert len(set(dead)) == len(dead) == 12
    assert {client.get(path).status_code for path in dead} == {404}


def test_an_ended_share_link_never_works_again(app: App, client: Client, forms):
    form, seed = forms["share"], links.new_link()
    owner = form.action.removesuffix("/shares")
    ended: list[int] = []
    for _ in range(3):
        send(client, form, seed)
        (number,) = share_numbers(app, owner)
        assert number not in ended
        ended.append(number)
        client.send(f"{owner}/shares/{number}/end", page=form.page)
    link = owner.removeprefix("/r/")
    for number in ended:
        assert client.get("/s/" + app.derive_link("share", f"{link}:{number}")).status_code == 404


# Replacing links


@pytest.mark.parametrize("both", [True, False])
def test_replacing_links_with_a_double_click_replaces_them_once(app: App, client: Client, both):
    lead = make_team(client)
    fields = client.token() | {"seed": links.new_link()} | ({"both": "y"} if both else {})
    first = client.post(f"{lead}/links", fields).location
    join = join_path(client, first)
    assert client.post(f"{lead}/links", fields).location == first
    assert join_path(client, first) == join


def test_links_are_replaced_once_also_if_a_second_begins_during_a_request(client: Client, monkeypatch):
    lead = make_team(client)
    fields = client.token() | {"seed": links.new_link(), "both": "y"}
    now = seeds.unix_time()
    seconds = itertools.chain([now], itertools.repeat(now + 1))
    monkeypatch.setattr(seeds, "unix_time", lambda: next(seconds))
    first, second = (client.post(f"{lead}/links", fields).location for _ in range(2))
    assert first == second != lead


def test_the_form_that_replaced_a_lead_link_leads_nowhere_after_two_minutes(client: Client, clock):
    lead = make_team(client)
    fields = client.token() | {"seed": links.new_link(), "both": "y"}
    assert client.post(f"{lead}/links", fields).status_code == 303
    clock(121)
    assert client.post(f"{lead}/links", fields).status_code == 404


def test_the_form_of_a_join_link_replaces_it_again_after_two_minutes(client: Client, clock):
    lead = make_team(client)
    fields = client.token() | {"seed": links.new_link()}
    joins = [join_path(client, lead)]
    for _ in range(3):
        client.post(f"{lead}/links", fields)
        joins.append(join_path(client, lead))
        clock(121)
    assert len(set(joins)) == 4
    assert [client.get(path).status_code for path in joins] == [404, 404, 404, 200]


def test_an_old_form_of_a_lead_page_does_not_lead_to_links_that_were_replaced_since(client: Client):
    lead = make_team(client)
    fields = client.token() | {"seed": links.new_link(), "both": "y"}
    new_lead = client.post(f"{lead}/links", fields).location
    client.send(f"{new_lead}/links", {"both": "y"}, page=new_lead)
    assert client.post(f"{lead}/links", fields).status_code == 404


# Pages


def test_the_page_after_deleting_clears_the_cache_of_the_browser(client: Client):
    for path in ("/deleted", "/deleted?team=1"):
        assert client.get(path).headers["Clear-Site-Data"] == '"cache"'
    assert "Clear-Site-Data" not in client.get("/").headers


def test_every_page_with_a_seed_gets_a_new_one_each_time(client: Client, forms):
    for form in forms.values():
        assert len({seed_of(client, form) for _ in range(3)}) == 3


def test_a_form_with_an_error_keeps_its_seed(client: Client, forms):
    seed = links.new_link()
    for name, wrong in {"team": {"name": ""}, "join": {"name": ""}}.items():
        form = forms[name]
        response = client.post(form.action, client.token() | {"seed": seed} | dict(form.fields) | wrong)
        assert response.status_code == 422
        assert ("seed", seed) in Page.of(response).fields


@pytest.mark.sqlite_only
def test_no_seed_is_stored(app: App, client: Client, forms):
    for form in forms.values():
        seed = seed_of(client, form)
        send(client, form, seed)
        stored = b"".join(file.read_bytes() for file in app.storage.file.parent.glob(f"{app.storage.file.name}*"))
        assert seed.encode() not in stored
