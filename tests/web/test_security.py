"""The guard: no forged form, no leak by header, cookie, cache or address, no word of a visitor's read as markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse
from wtforms.csrf.session import SessionCSRF

import quiz
from quiz import create_app
from quiz.bank import Bank
from quiz.config import paths
from quiz.web import links, security
from quiz.web.app import App
from tests.checks import assert_private, dump_database, load_response
from tests.clients import Client, Page, form_values
from tests.factories import HOSTILE_TEXTS, all_answers

HTTPS = "https://hats.example.org"
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
# What stands for each variable part of an address.
PARTS = {"number": "1", "filename": "style.css"}


def address(rule: Rule, link: str) -> str:
    """The address of a route, as of somebody with this link."""
    parts = PARTS | {"link": link}
    return re.sub(r"<(?:[^:>]+:)?(\w+)>", lambda part: parts[part[1]], rule.rule)


def routes(app: App, *methods: str) -> list[Rule]:
    """The routes that answer one of `methods`."""
    return [rule for rule in app.url_map.iter_rules() if rule.methods and rule.methods & set(methods)]


def share_of(client: Client, own: str) -> str:
    """The share link that was made of a response, its owner link where there is none."""
    made = [value for value in client.see(f"{own}/manage").values("value") if "/s/" in value]
    return (made or [own])[0].rsplit("/", 1)[1]


def every_page(client: Client, own: str) -> Iterator[tuple[str, TestResponse]]:
    """Every address and every kind of error that somebody with a link can meet, named."""
    link, share = own.removeprefix("/r/"), share_of(client, own)
    for rule in routes(client.app, "GET"):
        path = address(rule, share if rule.rule.startswith("/s/") else link)
        yield f"GET {path}", client.get(path)
    yield "incomplete", client.send(f"{own}/1", {"csrf_token": client.token()["csrf_token"]})
    yield "too long", client.send(f"{own}/more", {"title": "x" * 81, "text": "x" * 4001, "contacts": "nobody"})
    yield "no token", client.post(f"{own}/more", {"title": "<b>", "text": "a\nb"})
    yield "malformed seed", client.post("/start", client.token())
    yield "cross-site", client.post("/start", headers={"Sec-Fetch-Site": "cross-site"})
    yield "not found", client.get("/nothing-here")
    yield "wrong link", client.get(f"/r/{links.new_link()}")
    yield "wrong method", client.test_client.put(own, base_url=client.base_url)
    yield "too much", client.post(f"{own}/more", {"text": "x" * 1_000_000})
    yield "no such static file", client.get("/static/nothing.css")


@pytest.fixture
def own(client: Client, bank: Bank) -> str:
    """The path of the owner link of somebody who has finished."""
    return a_finished_one(client, bank, "Analyst", "Figures.")


def a_finished_one(client: Client, bank: Bank, title: str, words: str) -> str:
    """The owner link's path of a response with all that can hang on it, and share link number 1."""
    answers = all_answers(bank, "never", insights="daily", trends="daily", pipelines="weekly")
    own = client.take(answers, title=title, text=words, contacts=["data-engineer"])
    fields = {"number": "1", "label": title, "shares_text": "y", "shares_wishes": "y"}
    assert client.send(f"{own}/shares", fields, page=f"{own}/manage").status_code == 303
    return own


@pytest.fixture
def plain(tmp_path: Path) -> App:
    """An app as people run it: errors become pages."""
    return create_app(instance=tmp_path / "plain")


# Forged forms


def test_every_unsafe_route_refuses_a_form_without_a_valid_token(app: App, client: Client, own):
    stranger = Client(app).token()
    swept = [rule for rule in routes(app, *UNSAFE) if rule.endpoint not in security.CSRF_EXEMPT_ENDPOINTS]
    assert len(swept) >= 5
    before = dump_database(app)
    for rule in swept:
        for method in sorted((rule.methods or set()) & UNSAFE):
            path = address(rule, own.removeprefix("/r/"))
            for token in ({}, {"csrf_token": ""}, {"csrf_token": "wrong"}, {"csrf_token": "a##b"}, stranger):
                answer = client.test_client.open(path, method=method, data={**token, "seed": links.new_link()})
                assert answer.status_code == 400, f"{method} {path} with {token}"
    assert dump_database(app) == before


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_every_unsafe_route_refuses_what_comes_from_another_site(app: App, client: Client, own, site):
    token = client.token()
    before = dump_database(app)
    for rule in routes(app, *UNSAFE):
        path = address(rule, own.removeprefix("/r/"))
        answer = client.post(path, token | {"seed": links.new_link()}, headers={"Sec-Fetch-Site": site})
        assert answer.status_code == 403, path
    assert dump_database(app) == before


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_what_comes_from_this_site_is_taken(client: Client, site):
    fields = client.token() | {"seed": links.new_link()}
    assert client.post("/start", fields, headers={"Sec-Fetch-Site": site}).status_code == 303


@pytest.mark.parametrize("origin", ["http://evil.example", "http://localhost:8001", "http://[", "evil"])
def test_every_unsafe_route_refuses_what_names_another_origin(app: App, client: Client, own, origin):
    token = client.token()
    before = dump_database(app)
    for rule in routes(app, *UNSAFE):
        path = address(rule, own.removeprefix("/r/"))
        assert client.post(path, token | {"seed": links.new_link()}, headers={"Origin": origin}).status_code == 403, (
            path
        )
    assert dump_database(app) == before


def test_where_the_browser_does_not_say_which_site_sends_nothing_of_it_becomes_a_form_of_ours(app: App):
    """As another site's page reaches people over plain HTTP: no header tells the site, and no cookie comes along."""
    seed = links.new_link()
    for headers in ({}, {"Origin": "null"}):
        answer = Client(app).post("/start", {"seed": seed}, headers=headers)
        assert answer.status_code == 403
        assert seed not in answer.text


@pytest.mark.parametrize("headers", [{"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}])
def test_a_form_of_ours_is_carried_along_also_where_the_cookie_is_gone(app: App, own, headers):
    answer = Client(app).post(f"{own}/more", {"text": "typed for an hour"}, headers=headers)
    assert answer.status_code == 400
    assert ("text", "typed for an hour") in Page.of(answer).fields


@pytest.mark.parametrize("origin", [HTTPS, f"{HTTPS}:443", "http://127.0.0.1:8000", "null"])
def test_under_each_of_its_names_a_form_with_its_token_is_taken(tmp_path, origin):
    app = create_app({"TESTING": True, "PUBLIC_URL": HTTPS}, instance=tmp_path / "https")
    client = Client(app, "https://127.0.0.1:8000")
    fields = client.token() | {"seed": links.new_link()}
    assert client.post("/start", fields, headers={"Origin": origin}).status_code == 303


def test_a_token_in_the_address_does_not_count(client: Client, own):
    token = client.token()["csrf_token"]
    assert client.post(f"{own}/more?csrf_token={token}", {"title": "x"}).status_code == 400


def test_a_link_from_another_site_may_be_opened(client: Client, own):
    assert client.get(own, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


# Send it again: nothing typed is lost


def test_a_refused_form_comes_back_with_all_that_was_sent_and_can_be_sent_again(app: App, client: Client, own):
    sent = {
        "contacts": ["data-analyst", "ml-engineer"],
        "title": "\"Head\" of 'R&D' <script>",
        "text": "\r\n  first\r\n\r\n\tthird </textarea><b>\r\n",
        "csrf_token": "stale",
    }
    answer = client.post(f"{own}/more", sent)
    again = Page.of(answer)
    assert answer.status_code == 400
    assert again.title.startswith("Please send that once more")
    carried = [(name, value) for name, value in again.fields if name != "csrf_token"]
    pairs = [(name, value) for name, value in carried if name == "contacts"]
    assert pairs == [("contacts", "data-analyst"), ("contacts", "ml-engineer")]
    assert dict(carried)["title"] == sent["title"]
    assert dict(carried)["text"] == sent["text"]
    assert client.post(f"{own}/more", form_values(again.fields)).status_code == 303
    found = load_response(app, own)
    assert set(found.contacts) == {"data-analyst", "ml-engineer"}
    assert (found.title, found.text) == (sent["title"], "first\n\n\tthird </textarea><b>")


def test_a_button_is_carried_along(client: Client):
    own = client.start()
    again = Page.of(client.post(f"{own}/1", {"skip_unanswered": "y"}))
    assert client.post(f"{own}/1", form_values(again.fields)).location == f"{own}/2"


def test_a_page_left_open_over_night_loses_nothing(client: Client, bank: Bank, monkeypatch):
    own = client.start()
    fields = client.token() | {item.id: "weekly" for item in bank.pages[0]}
    monkeypatch.setattr(SessionCSRF, "now", lambda self: datetime.now() + timedelta(hours=13))
    answer = client.post(f"{own}/1", fields)
    assert answer.status_code == 400
    assert client.post(f"{own}/1", form_values(Page.of(answer).fields)).location == f"{own}/2"


def test_a_page_left_open_over_a_working_day_still_counts(client: Client, bank: Bank, monkeypatch):
    own = client.start()
    fields = client.token() | {item.id: "weekly" for item in bank.pages[0]}
    monkeypatch.setattr(SessionCSRF, "now", lambda self: datetime.now() + timedelta(hours=11))
    assert client.post(f"{own}/1", fields).location == f"{own}/2"


def five_join(app: App, client: Client, lead: str) -> None:
    """Five who have finished join the team of that lead link."""
    join = next(value for value in client.see(lead).values("value") if "/j/" in value).rsplit("/", 1)[1]
    for _ in range(5):
        own = client.take(all_answers(app.bank, "weekly")).removeprefix("/r/")
        assert app.storage.join_team(links.hash_link(join), links.hash_link(own), name="", shares_wishes=False)


def test_a_form_to_close_a_round_that_lay_open_does_not_close_the_next_one(app: App, client: Client):
    lead = str(client.send("/teams", {"name": "Oracle", "kind": "anonymous", "minimum": "5"}).location)
    five_join(app, client, lead)
    stale = client.see(f"{lead}/close").fields
    assert client.post(f"{lead}/close", form_values(stale)).location == f"{lead}/rounds/1"
    assert client.post(f"{lead}/close", form_values(stale)).location == f"{lead}/rounds/1", "sent twice"
    client.send(f"{lead}/next", page=lead)
    five_join(app, client, lead)
    assert client.post(f"{lead}/close", form_values(stale)).location == f"{lead}/rounds/1"
    assert client.get(f"{lead}/rounds/2").status_code == 404
    assert client.send(f"{lead}/close").location == f"{lead}/rounds/2"


# Headers


def test_every_answer_has_the_headers_that_keep_it_private(client: Client, own):
    for name, answer in every_page(client, own):
        assert_private(name, answer)


def test_a_failure_of_the_server_has_the_same_headers(plain: App, monkeypatch):
    def fail() -> str:
        raise RuntimeError("a secret detail")

    monkeypatch.setitem(plain.view_functions, "start.privacy", fail)
    assert_private("500", Client(plain).get("/privacy"))


def test_static_files_may_be_kept_and_carry_no_cookie(client: Client):
    client.start()
    for name in ("style.css", "page.js", "inter.woff2", "icon.svg"):
        answer = client.get(f"/static/{name}")
        assert "max-age=31536000" in answer.headers["Cache-Control"]
        assert "no-store" not in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers


def test_strict_transport_is_asked_for_only_where_the_address_is_https(client: Client, own, tmp_path):
    assert all("Strict-Transport-Security" not in answer.headers for _, answer in every_page(client, own))
    secure = Client(create_app({"TESTING": True, "PUBLIC_URL": HTTPS}, instance=tmp_path / "https"), HTTPS)
    for name, answer in every_page(secure, secure.start()):
        assert "max-age=" in answer.headers["Strict-Transport-Security"], name


# Cookies


def cookies(app: App, base: str = "http://localhost") -> list[str]:
    """Every cookie that the app sets, as the header says it, each to somebody who comes without any."""
    link = Client(app, base).start().removeprefix("/r/")
    answers = [Client(app, base).get(address(rule, link)) for rule in routes(app, "GET")]
    found = [line for answer in answers for line in answer.headers.getlist("Set-Cookie")]
    assert found
    return found


def test_the_only_cookie_is_the_forms_and_no_script_or_other_site_gets_it(app: App):
    for cookie in cookies(app):
        name, *rest = cookie.split("; ")
        assert name.startswith("session=")
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(rest)
        assert not [part for part in rest if part.startswith("Domain")]


def test_over_https_the_cookie_is_bound_to_the_host(tmp_path):
    app = create_app({"TESTING": True, "PUBLIC_URL": HTTPS}, instance=tmp_path / "https")
    for cookie in cookies(app, HTTPS):
        name, *rest = cookie.split("; ")
        assert name.startswith("__Host-session=")
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(rest)
        assert not [part for part in rest if part.startswith("Domain")]


def test_opening_a_result_sets_no_cookie(app: App, own):
    assert "Set-Cookie" not in Client(app).get(own).headers


@pytest.mark.parametrize("cookie", ["", "x", "a.b.c", "\xff", "=" * 5000])
def test_a_broken_cookie_is_as_good_as_none(client: Client, cookie):
    answer = client.get("/", headers={"Cookie": f"session={cookie}"})
    assert answer.status_code == 200


# Hosts


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "evil.example:80", "localhost@evil.example"]
)
def test_a_strange_host_gets_one_plain_line(client: Client, host):
    answer = client.get("/", headers={"Host": host})
    assert answer.status_code == 400
    assert answer.mimetype == "text/plain"
    assert "evil" not in answer.text
    assert "<" not in answer.text
    assert_private("strange host", answer)


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-Host"])
def test_no_header_of_a_stranger_gets_into_a_link(client: Client, own, header):
    for path in (own, f"{own}/1", "/"):
        assert "evil" not in client.get(path, headers={header: "host=evil.example"}).text


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000"])
def test_this_machines_own_names_are_answered(client: Client, host):
    assert client.get("/", headers={"Host": host}).status_code == 200


# Links


def test_wrong_deleted_and_malformed_links_look_all_the_same(client: Client, own, bank: Bank):
    deleted = client.take(all_answers(bank, "weekly"))
    assert client.send(f"{deleted}/delete").status_code == 303
    wrong = [
        f"/r/{links.new_link()}",
        deleted,
        "/r/short",
        f"{own}x",
        f"{own[:-1]}",
        f"/r/{'ä' * 22}",
        f"{own}%0A",
        "/r/",
    ]
    reference = client.get(wrong[0])
    assert reference.status_code == 404
    for path in wrong:
        for page in ("", "/1", "/more", "/check", "/delete", "/qr.svg", "/no-such-page"):
            answer = client.get(path + page)
            assert (answer.status_code, answer.data) == (404, reference.data), path + page
            assert dict(answer.headers) == dict(reference.headers), path + page


def test_no_kind_of_link_opens_what_another_kind_does(client: Client, own):
    link, share = own.removeprefix("/r/"), share_of(client, own)
    assert client.get(f"/s/{share}").status_code == 200
    linked = [rule for rule in routes(client.app, "GET", "POST") if "link" in rule.arguments]
    for rule in linked:
        path = address(rule, link if rule.rule.startswith("/s/") else share)
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        answer = client.test_client.open(path, method=method, data=client.token(), buffered=True)
        assert answer.status_code == 404, path


def test_sending_to_a_wrong_link_looks_all_the_same(client: Client):
    token = client.token()
    answers = [client.post(f"/r/{link}/more", token) for link in (links.new_link(), links.new_link(), "short")]
    assert {(answer.status_code, answer.data) for answer in answers} == {(404, answers[0].data)}


def test_one_persons_link_opens_nothing_of_another(app: App, client: Client, own, bank: Bank):
    other = client.take(all_answers(bank, "daily"), title="Somebody else")
    assert "Somebody else" not in client.get(f"{own}/check").text
    client.send(f"{own}/delete")
    assert client.get(other).status_code == 200


# Reading writes nothing


def test_reading_writes_nothing(app: App, client: Client, own, bank: Bank):
    begun, full = client.start(), client.start()
    client.answer(full, all_answers(bank, "rarely"))
    before = dump_database(app)
    assert "Figures." in str(before)
    for path in (own, begun, full, f"/r/{links.new_link()}"):
        for rule in routes(app, "GET"):
            for method in ("GET", "HEAD", "OPTIONS"):
                client.test_client.open(address(rule, path.removeprefix("/r/")), method=method, buffered=True)
    assert dump_database(app) == before


# Markup


@pytest.mark.thorough
@pytest.mark.parametrize("payload", HOSTILE_TEXTS)
def test_what_people_type_is_never_read_as_markup(client: Client, bank: Bank, payload):
    own = a_finished_one(client, bank, payload, payload)
    harmless = a_finished_one(client, bank, "title", "text")
    pages = zip(every_page(client, own), every_page(client, harmless), strict=True)
    for (name, answer), (_, twin) in pages:
        if answer.mimetype != "text/html":
            continue
        tags = [(tag, sorted(attributes)) for tag, attributes in Page.of(answer).tags]
        assert tags == [(tag, sorted(attributes)) for tag, attributes in Page.of(twin).tags], name
        assert "<" not in payload or payload not in answer.text, name
    again = client.post(f"{own}/more", {"title": payload, "text": payload, payload: payload})
    assert [value for name, value in Page.of(again).fields if name == payload] == [payload]
    assert ("title", payload) in client.see(f"{own}/more").fields


def test_pages_hold_nothing_inline_and_nothing_foreign(client: Client, own):
    for name, answer in every_page(client, own):
        if answer.mimetype != "text/html":
            continue
        shown = Page.of(answer)
        for tag, attributes in shown.tags:
            assert tag != "style", name
            assert tag != "script" or attributes["src"].startswith("/static/"), name
            assert not [key for key in attributes if key == "style" or key.startswith("on")], name
        for value in shown.values("href", "src", "action", "formaction", "data-link", "srcset", "poster"):
            assert re.match(r"/(?!/)|#|mailto:|http://localhost/", value), f"{name}: {value}"


@pytest.mark.thorough
@pytest.mark.parametrize("often", ["never", "weekly", "skip", None])
def test_every_reference_within_a_page_has_its_target(client: Client, bank: Bank, own, often):
    owned = client.take(all_answers(bank, often), contacts=["ml-engineer"]) if often else own
    for name, answer in every_page(client, owned):
        if answer.mimetype != "text/html":
            continue
        shown = Page.of(answer)
        ids = shown.values("id")
        assert len(ids) == len(set(ids)), f"{name}: an id stands twice"
        wanted = [value[1:] for value in shown.values("href") if value.startswith("#")]
        wanted += shown.values("for") + " ".join(shown.values("aria-labelledby", "aria-describedby")).split()
        assert not set(wanted) - set(ids), name


TEMPLATES = sorted(file for file in paths.project_folder("templates").rglob("*") if file.is_file())


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(paths.project_folder("templates"))))
def test_a_template_leaves_escaping_on_and_holds_no_inline_style_or_script(file: Path):
    source = file.read_text(encoding="utf-8")
    assert file.suffix in {".html", ".svg"}, "Flask escapes these by itself, and others not"
    for banned in (r"\|\s*safe\b", r"\bMarkup\b", r"\bautoescape\b", r"<style\b", r"\sstyle\s*=", r"\son[a-z]+\s*="):
        assert not re.search(banned, source), banned
    assert not re.search(r"<script(?![^>]*\ssrc=)", source)
    assert not re.search(r"""(?:href|src|action)=["']?(?:https?:)?//""", source)


def test_no_code_makes_markup_by_hand():
    for file in Path(quiz.__file__).parent.rglob("*.py"):
        assert not re.search(r"\bMarkup\b|render_template_string|autoescape", file.read_text(encoding="utf-8")), file


@pytest.mark.parametrize("name", ["style.css", "page.js", "icon.svg"])
def test_static_files_ask_nobody_else_for_anything(client: Client, name):
    source = client.get(f"/static/{name}").text
    assert not re.findall(r"(?:https?:)?//(?!www\.w3\.org/2000/svg)[a-z0-9-]+\.[a-z]{2,}", source)


# Too much


def test_a_form_that_is_too_large_is_refused_with_a_page(client: Client, own):
    answer = client.post(f"{own}/more", {"text": "x" * 1_000_000})
    assert answer.status_code == 413
    assert "That is too much at once" in answer.text


def test_more_parts_than_any_form_has_are_refused(app: App, client: Client, own):
    before = dump_database(app)
    parts = client.token() | {f"part-{n}": "x" for n in range(app.config["MAX_FORM_PARTS"])}
    assert client.post(f"{own}/more", parts, content_type="multipart/form-data").status_code == 413
    assert dump_database(app) == before


def test_more_fields_than_any_form_has_do_not_come_back(client: Client, own):
    answer = client.test_client.post(
        f"{own}/more", data="a&" * 30_000, content_type="application/x-www-form-urlencoded", buffered=True
    )
    assert answer.status_code == 413
    assert len(answer.data) < 10_000


def test_the_longest_text_that_is_allowed_gets_through(app: App, client: Client, own):
    words = "🎩" * 4000
    assert client.send(f"{own}/more", {"text": words}).status_code == 303
    assert load_response(app, own).text == words


@pytest.mark.parametrize(
    "form",
    [
        {"content_type": "application/json", "data": b'{"title": "x"}'},
        {"content_type": "multipart/form-data", "data": b"--x"},
        {"content_type": "multipart/form-data; boundary=x", "data": b'--x\r\nContent-Disposition: form-data; name="a'},
        {"content_type": "text/plain", "data": b"\xff\xfe"},
        {"content_type": "", "data": b"x"},
        {"content_type": "application/x-www-form-urlencoded; charset=nonsense", "data": b"a=%FF&=&&&%00=%00"},
    ],
)
def test_a_body_that_is_no_form_is_refused_without_a_fault(client: Client, own, form):
    assert client.test_client.post(f"{own}/more", **form).status_code in {400, 413}


@pytest.mark.parametrize(
    "path", ["/%00", "/r/%00", "/%FF", "/static/..%2f..%2fcli.py", "/static/%00", "/" + "x" * 5000]
)
def test_a_broken_address_is_not_found(client: Client, path):
    assert client.get(path).status_code == 404
