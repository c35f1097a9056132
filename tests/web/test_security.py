"""Forged forms, private headers, cookies, hosts, links and markup in what people type."""

from __future__ import annotations

import re
import socket
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
from tests.factories import HOSTILE_TEXTS, all_answers, make_closed_round

HTTPS = "https://hats.example.org"
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
# Values for the variable parts of a route.
ROUTE_VALUES = {"number": "1", "filename": "page.js"}


def address(rule: Rule, link: str) -> str:
    """The address of a route with this link in it."""
    values = ROUTE_VALUES | {"link": link}
    return re.sub(r"<(?:[^:>]+:)?(\w+)>", lambda match: values[match[1]], rule.rule)


def routes(app: App, *methods: str) -> list[Rule]:
    """The routes that accept one of `methods`."""
    return [rule for rule in app.url_map.iter_rules() if rule.methods and rule.methods & set(methods)]


def share_of(client: Client, owner_path: str) -> str:
    """The share link of a response, or its owner link if it has none."""
    shares = [value for value in client.see(f"{owner_path}/manage").values("value") if "/s/" in value]
    return (shares or [owner_path])[0].rsplit("/", 1)[1]


def every_page(client: Client, owner_path: str) -> Iterator[tuple[str, TestResponse]]:
    """The response of every address and every kind of error, each with a description."""
    link, share = owner_path.removeprefix("/r/"), share_of(client, owner_path)
    for rule in routes(client.app, "GET"):
        path = address(rule, share if rule.rule.startswith("/s/") else link)
        yield f"GET {path}", client.get(path)
    yield "incomplete", client.send(f"{owner_path}/1", {"csrf_token": client.token()["csrf_token"]})
    yield "too long", client.send(f"{owner_path}/more", {"title": "x" * 81, "text": "x" * 4001, "contacts": "nobody"})
    yield "no token", client.post(f"{owner_path}/more", {"title": "<b>", "text": "a\nb"})
    yield "malformed seed", client.post("/start", client.token())
    yield "cross-site", client.post("/start", headers={"Sec-Fetch-Site": "cross-site"})
    yield "not found", client.get("/nothing-here")
    yield "wrong link", client.get(f"/r/{links.new_link()}")
    yield "wrong method", client.test_client.put(owner_path, base_url=client.base_url)
    yield "too much", client.post(f"{owner_path}/more", {"text": "x" * 1_000_000})
    yield "no such static file", client.get("/static/nothing.css")


@pytest.fixture
def owner_path(client: Client, bank: Bank) -> str:
    """The path of the owner link of a finished response."""
    return make_finished_response(client, bank, "Analyst", "Figures.")


def make_finished_response(client: Client, bank: Bank, title: str, text: str) -> str:
    """Take the quiz, with title, text and contacts, and create a share link. Returns the path of the owner link."""
    answers = all_answers(bank, "never", insights="daily", trends="daily", pipelines="weekly")
    owner_path = client.take(answers, title=title, text=text, contacts=["data-engineer"])
    fields = {"label": title, "shares_text": "y", "shares_wishes": "y"}
    assert client.send(f"{owner_path}/shares", fields, page=f"{owner_path}/manage").status_code == 303
    return owner_path


@pytest.fixture
def plain(tmp_path: Path) -> App:
    """An app as people run it: errors become pages."""
    return create_app(instance=tmp_path / "plain")


# Forged forms


def test_every_unsafe_route_refuses_a_form_without_a_valid_token(app: App, client: Client, owner_path):
    stranger = Client(app).token()
    unsafe_rules = [rule for rule in routes(app, *UNSAFE) if rule.endpoint not in security.CSRF_EXEMPT_ENDPOINTS]
    assert len(unsafe_rules) >= 5
    before = dump_database(app)
    for rule in unsafe_rules:
        for method in sorted((rule.methods or set()) & UNSAFE):
            path = address(rule, owner_path.removeprefix("/r/"))
            for token in ({}, {"csrf_token": ""}, {"csrf_token": "wrong"}, {"csrf_token": "a##b"}, stranger):
                response = client.test_client.open(path, method=method, data={**token, "seed": links.new_link()})
                assert response.status_code == 400, f"{method} {path} with {token}"
    assert dump_database(app) == before


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_every_unsafe_route_refuses_a_request_of_another_site(app: App, client: Client, owner_path, site):
    token = client.token()
    before = dump_database(app)
    for rule in routes(app, *UNSAFE):
        path = address(rule, owner_path.removeprefix("/r/"))
        response = client.post(path, token | {"seed": links.new_link()}, headers={"Sec-Fetch-Site": site})
        assert response.status_code == 403, path
    assert dump_database(app) == before


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_a_request_of_this_site_is_accepted(client: Client, site):
    fields = client.token() | {"seed": links.new_link()}
    assert client.post("/start", fields, headers={"Sec-Fetch-Site": site}).status_code == 303


@pytest.mark.parametrize("origin", ["http://evil.example", "http://localhost:8001", "http://[", "evil"])
def test_every_unsafe_route_refuses_a_request_with_another_origin(app: App, client: Client, owner_path, origin):
    token = client.token()
    before = dump_database(app)
    for rule in routes(app, *UNSAFE):
        path = address(rule, owner_path.removeprefix("/r/"))
        assert client.post(path, token | {"seed": links.new_link()}, headers={"Origin": origin}).status_code == 403, (
            path
        )
    assert dump_database(app) == before


def test_a_refused_form_without_site_headers_and_cookie_is_not_returned(app: App):
    """Over plain HTTP, a form of another site has no header that names the site and comes without the cookie."""
    seed = links.new_link()
    for headers in ({}, {"Origin": "null"}):
        response = Client(app).post("/start", {"seed": seed}, headers=headers)
        assert response.status_code == 403
        assert seed not in response.text


@pytest.mark.parametrize("headers", [{"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}])
def test_a_form_of_this_site_without_the_cookie_is_returned_with_its_fields(app: App, owner_path, headers):
    response = Client(app).post(f"{owner_path}/more", {"text": "typed for an hour"}, headers=headers)
    assert response.status_code == 400
    assert ("text", "typed for an hour") in Page.of(response).fields


@pytest.mark.parametrize("origin", [HTTPS, f"{HTTPS}:443", "http://127.0.0.1:8000", "null"])
def test_a_form_with_a_token_is_accepted_under_each_name_of_the_server(tmp_path, origin):
    app = create_app({"TESTING": True, "PUBLIC_URL": HTTPS}, instance=tmp_path / "https")
    client = Client(app, "https://127.0.0.1:8000")
    fields = client.token() | {"seed": links.new_link()}
    assert client.post("/start", fields, headers={"Origin": origin}).status_code == 303


def test_a_token_in_the_address_does_not_count(client: Client, owner_path):
    token = client.token()["csrf_token"]
    assert client.post(f"{owner_path}/more?csrf_token={token}", {"title": "x"}).status_code == 400


def test_a_link_from_another_site_may_be_opened(client: Client, owner_path):
    assert client.get(owner_path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


# A refused form can be sent again


def test_a_refused_form_is_returned_with_all_fields_and_can_be_sent_again(app: App, client: Client, owner_path):
    fields = {
        "contacts": ["data-analyst", "ml-engineer"],
        "title": "\"Head\" of 'R&D' <script>",
        "text": "\r\n  first\r\n\r\n\tthird </textarea><b>\r\n",
        "csrf_token": "stale",
    }
    response = client.post(f"{owner_path}/more", fields)
    error_page = Page.of(response)
    assert response.status_code == 400
    assert error_page.title.startswith("Please send the form again")
    returned = [(name, value) for name, value in error_page.fields if name != "csrf_token"]
    pairs = [(name, value) for name, value in returned if name == "contacts"]
    assert pairs == [("contacts", "data-analyst"), ("contacts", "ml-engineer")]
    assert dict(returned)["title"] == fields["title"]
    assert dict(returned)["text"] == fields["text"]
    assert client.post(f"{owner_path}/more", form_values(error_page.fields)).status_code == 303
    stored = load_response(app, owner_path)
    assert set(stored.contacts) == {"data-analyst", "ml-engineer"}
    assert (stored.title, stored.text) == (fields["title"], "first\n\n\tthird </textarea><b>")


def test_the_value_of_a_button_is_returned_too(client: Client):
    owner_path = client.start()
    error_page = Page.of(client.post(f"{owner_path}/1", {"skip_unanswered": "y"}))
    assert client.post(f"{owner_path}/1", form_values(error_page.fields)).location == f"{owner_path}/2"


def test_a_form_sent_after_13_hours_is_returned_with_all_fields(client: Client, bank: Bank, monkeypatch):
    owner_path = client.start()
    fields = client.token() | {item.id: "weekly" for item in bank.pages[0]}
    monkeypatch.setattr(SessionCSRF, "now", lambda self: datetime.now() + timedelta(hours=13))
    response = client.post(f"{owner_path}/1", fields)
    assert response.status_code == 400
    assert client.post(f"{owner_path}/1", form_values(Page.of(response).fields)).location == f"{owner_path}/2"


def test_a_form_sent_after_11_hours_is_accepted(client: Client, bank: Bank, monkeypatch):
    owner_path = client.start()
    fields = client.token() | {item.id: "weekly" for item in bank.pages[0]}
    monkeypatch.setattr(SessionCSRF, "now", lambda self: datetime.now() + timedelta(hours=11))
    assert client.post(f"{owner_path}/1", fields).location == f"{owner_path}/2"


def add_five_members(app: App, client: Client, lead: str) -> None:
    """Add five people with finished responses to a team."""
    join = next(value for value in client.see(lead).values("value") if "/j/" in value).rsplit("/", 1)[1]
    for _ in range(5):
        owner_path = client.take(all_answers(app.bank, "weekly")).removeprefix("/r/")
        assert app.storage.join_team(
            links.hash_link(join), links.hash_link(owner_path), name="", shares_wishes=False, day=app.today()
        )


def test_an_old_form_to_close_a_round_does_not_close_the_next_one(app: App, client: Client):
    lead = str(client.send("/teams", {"name": "Oracle", "kind": "anonymous", "minimum": "5"}).location)
    add_five_members(app, client, lead)
    stale = client.see(f"{lead}/close").fields
    assert client.post(f"{lead}/close", form_values(stale)).location == f"{lead}/rounds/1"
    assert client.post(f"{lead}/close", form_values(stale)).location == f"{lead}/rounds/1", "the same form sent twice"
    client.send(f"{lead}/next", page=lead)
    add_five_members(app, client, lead)
    assert client.post(f"{lead}/close", form_values(stale)).location == f"{lead}/rounds/1"
    assert client.get(f"{lead}/rounds/2").status_code == 404
    assert client.send(f"{lead}/close").location == f"{lead}/rounds/2"


# Headers


def test_every_response_has_the_headers_that_keep_it_private(client: Client, owner_path):
    for name, response in every_page(client, owner_path):
        assert_private(name, response)


def test_a_server_error_has_the_same_headers(plain: App, monkeypatch):
    def fail() -> str:
        raise RuntimeError("a secret detail")

    monkeypatch.setitem(plain.view_functions, "start.privacy", fail)
    response = Client(plain).get("/privacy")
    assert response.status_code == 500
    assert_private("500", response)


def test_static_files_can_be_cached_and_set_no_cookie(client: Client):
    client.start()
    for name in ("style.css", "page.js", "inter.woff2", "icon.svg"):
        response = client.get(f"/static/{name}")
        assert "max-age=31536000" in response.headers["Cache-Control"]
        assert "no-store" not in response.headers["Cache-Control"]
        assert "Set-Cookie" not in response.headers


def test_strict_transport_security_is_set_only_for_an_https_address(client: Client, owner_path, tmp_path):
    assert all("Strict-Transport-Security" not in response.headers for _, response in every_page(client, owner_path))
    secure = Client(create_app({"TESTING": True, "PUBLIC_URL": HTTPS}, instance=tmp_path / "https"), HTTPS)
    for name, response in every_page(secure, secure.start()):
        assert "max-age=" in response.headers["Strict-Transport-Security"], name


# Cookies


def cookies(app: App, base: str = "http://localhost") -> list[str]:
    """Every `Set-Cookie` header of the app, in responses to requests without a cookie."""
    link = Client(app, base).start().removeprefix("/r/")
    answers = [Client(app, base).get(address(rule, link)) for rule in routes(app, "GET")]
    cookie_headers = [line for response in answers for line in response.headers.getlist("Set-Cookie")]
    assert cookie_headers
    return cookie_headers


def test_the_only_cookie_is_the_session_which_scripts_and_other_sites_do_not_get(app: App):
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


def test_opening_a_shared_result_sets_no_cookie(app: App, owner_path):
    """It has no form. The owner's own result has one, so it sets the cookie that protects forms."""
    owner = Client(app)
    assert owner.send(f"{owner_path}/shares", page=f"{owner_path}/manage").status_code == 303
    share_path = f"/s/{share_of(owner, owner_path)}"
    response = Client(app).get(share_path)
    assert (response.status_code, response.headers.get("Set-Cookie")) == (200, None)


@pytest.mark.parametrize("cookie", ["", "x", "a.b.c", "\xff", "=" * 5000])
def test_an_invalid_cookie_is_ignored(client: Client, cookie):
    response = client.get("/", headers={"Cookie": f"session={cookie}"})
    assert response.status_code == 200


# Hosts


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "evil.example:80",
        "localhost@evil.example",
        "<script>evil</script>",
        "evil\x1b[31m",
        "localhost:evil",
        "localhost:99999",
        "localhost:0",
        "evil..",
        "[::2]",
        "[::1",
        "[::evil]",
        "::1",
        "",
    ],
)
def test_an_unknown_host_gets_plain_text_that_names_the_setting_and_not_the_host(client: Client, host):
    for path in ("/", "/privacy", "/static/page.js", "/nothing", f"/r/{links.new_link()}", "/healthy", "//health"):
        response = client.get(path, headers={"Host": host})
        assert response.status_code == 400, path
        assert response.mimetype == "text/plain"
        assert "TRUSTED_HOSTS" in response.text
        assert "evil" not in response.text
        assert "<" not in response.text
        assert_private("unknown host", response)


def test_no_endpoint_but_health_answers_to_an_unknown_host(app: App, client: Client, owner_path):
    link = owner_path.removeprefix("/r/")
    for rule in app.url_map.iter_rules():
        method = "POST" if "POST" in (rule.methods or ()) else "GET"
        response = client.test_client.open(address(rule, link), method=method, headers={"Host": "evil.example"})
        assert response.status_code == (200 if rule.endpoint == "health.show" else 400), rule.rule


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-Host"])
def test_no_header_about_the_host_changes_a_link(client: Client, owner_path, header):
    for path in (owner_path, f"{owner_path}/1", "/"):
        assert "evil" not in client.get(path, headers={header: "host=evil.example"}).text


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8000",
        "127.0.0.1:8000",
        "LocalHost",
        "localhost.",
        "localhost.:8000",
        "[::1]",
        "[::1]:8000",
        "[0:0:0:0:0:0:0:1]:8000",
    ],
)
def test_the_local_names_of_the_machine_are_accepted(client: Client, host):
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    ("public_url", "host"),
    [
        ("http://[2001:db8::7]:8000", "[2001:DB8:0::7]:8000"),
        ("https://Hats.Example.org", "hats.example.org."),
        ("https://bücher.example", "xn--bcher-kva.example"),
        ("https://hats.example.org.", "HATS.example.org:443"),
    ],
)
def test_every_spelling_of_the_public_address_is_accepted(tmp_path, public_url, host):
    app = create_app({"TESTING": True, "PUBLIC_URL": public_url}, instance=tmp_path / "public")
    client = Client(app, f"https://{host}")
    first_page = client.send("/start", page="/").location
    assert f"{public_url}{first_page.rsplit('/', 1)[0]}" in client.get(first_page).text


def test_a_name_with_a_dot_in_front_stands_for_its_subdomains(tmp_path):
    app = create_app({"TESTING": True, "TRUSTED_HOSTS": [".example.org"]}, instance=tmp_path / "subdomains")
    hosts = ["hats.example.org", "a.b.example.org", "example.org", "evilexample.org", "example.org.evil", "localhost"]
    statuses = [Client(app).get("/", headers={"Host": host}).status_code for host in hosts]
    assert statuses == [200, 200, 200, 400, 400, 400]


# Links


def test_wrong_deleted_and_malformed_links_give_the_same_response(client: Client, owner_path, bank: Bank):
    deleted = client.take(all_answers(bank, "weekly"))
    assert client.send(f"{deleted}/delete").status_code == 303
    wrong = [
        f"/r/{links.new_link()}",
        deleted,
        "/r/short",
        f"{owner_path}x",
        f"{owner_path[:-1]}",
        f"/r/{'ä' * 22}",
        f"{owner_path}~~x",
        "/r/",
    ]
    reference = client.get(wrong[0])
    assert reference.status_code == 404
    for path in wrong:
        for page in ("", "/1", "/more", "/check", "/delete", "/qr.svg", "/no-such-page"):
            response = client.get(path + page)
            assert (response.status_code, response.data) == (404, reference.data), path + page
            assert dict(response.headers) == dict(reference.headers), path + page


def test_no_kind_of_link_opens_the_pages_of_another_kind(client: Client, owner_path):
    link, share = owner_path.removeprefix("/r/"), share_of(client, owner_path)
    assert client.get(f"/s/{share}").status_code == 200
    rules_with_link = [rule for rule in routes(client.app, "GET", "POST") if "link" in rule.arguments]
    for rule in rules_with_link:
        path = address(rule, link if rule.rule.startswith("/s/") else share)
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        response = client.test_client.open(path, method=method, data=client.token(), buffered=True)
        assert response.status_code == 404, path


def test_sending_to_wrong_and_malformed_links_gives_the_same_response(client: Client):
    token = client.token()
    answers = [client.post(f"/r/{link}/more", token) for link in (links.new_link(), links.new_link(), "short")]
    assert {(response.status_code, response.data) for response in answers} == {(404, answers[0].data)}


def test_an_owner_link_opens_and_deletes_only_its_own_response(app: App, client: Client, owner_path, bank: Bank):
    other = client.take(all_answers(bank, "daily"), title="Somebody else")
    assert "Somebody else" not in client.get(f"{owner_path}/check").text
    client.send(f"{owner_path}/delete")
    assert client.get(other).status_code == 200


# Reading writes nothing


@pytest.mark.thorough
def test_reading_writes_nothing(app: App, client: Client, owner_path, bank: Bank):
    unfinished, complete = client.start(), client.start()
    client.answer(complete, all_answers(bank, "rarely"))
    before = dump_database(app)
    assert "Figures." in str(before)
    for path in (owner_path, unfinished, complete, f"/r/{links.new_link()}"):
        for rule in routes(app, "GET"):
            for method in ("GET", "HEAD", "OPTIONS"):
                client.test_client.open(address(rule, path.removeprefix("/r/")), method=method, buffered=True)
    assert dump_database(app) == before


# Markup


@pytest.mark.thorough
@pytest.mark.parametrize("payload", HOSTILE_TEXTS)
def test_typed_text_is_never_read_as_markup(client: Client, bank: Bank, payload):
    owner_path = make_finished_response(client, bank, payload, payload)
    harmless = make_finished_response(client, bank, "title", "text")
    pages = zip(every_page(client, owner_path), every_page(client, harmless), strict=True)
    for (name, response), (_, harmless_answer) in pages:
        if response.mimetype != "text/html":
            continue
        tags = [(tag, sorted(attributes)) for tag, attributes in Page.of(response).tags]
        assert tags == [(tag, sorted(attributes)) for tag, attributes in Page.of(harmless_answer).tags], name
        assert "<" not in payload or payload not in response.text, name
    error_page = client.post(f"{owner_path}/more", {"title": payload, "text": payload, payload: payload})
    assert [value for name, value in Page.of(error_page).fields if name == payload] == [payload]
    assert ("title", payload) in client.see(f"{owner_path}/more").fields


def test_pages_have_no_inline_style_or_script_and_load_nothing_from_elsewhere(client: Client, owner_path):
    for name, response in every_page(client, owner_path):
        if response.mimetype != "text/html":
            continue
        page = Page.of(response)
        for tag, attributes in page.tags:
            assert tag != "style", name
            assert tag != "script" or attributes["src"].startswith("/static/"), name
            assert not [key for key in attributes if key == "style" or key.startswith("on")], name
        for value in page.values("href", "src", "action", "formaction", "data-link", "srcset", "poster"):
            assert re.match(r"/(?!/)|#|mailto:|http://localhost/", value), f"{name}: {value}"


@pytest.mark.thorough
@pytest.mark.parametrize("often", ["never", "weekly", "skip", None])
def test_every_reference_within_a_page_has_its_target(client: Client, bank: Bank, owner_path, often):
    path = client.take(all_answers(bank, often), contacts=["ml-engineer"]) if often else owner_path
    for name, response in every_page(client, path):
        if response.mimetype != "text/html":
            continue
        page = Page.of(response)
        ids = page.values("id")
        assert len(ids) == len(set(ids)), f"{name}: an id occurs twice"
        targets = [value[1:] for value in page.values("href") if value.startswith("#")]
        targets += page.values("for") + " ".join(page.values("aria-labelledby", "aria-describedby")).split()
        assert not set(targets) - set(ids), name


TEMPLATES = sorted(file for file in paths.project_folder("templates").rglob("*") if file.is_file())


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(paths.project_folder("templates"))))
def test_a_template_keeps_escaping_on_and_has_no_inline_style_or_script(file: Path):
    source = file.read_text(encoding="utf-8")
    assert file.suffix in {".html", ".svg"}, "Flask escapes only these by default"
    for banned in (r"\|\s*safe\b", r"\bMarkup\b", r"\bautoescape\b", r"<style\b", r"\sstyle\s*=", r"\son[a-z]+\s*="):
        assert not re.search(banned, source), banned
    assert not re.search(r"<script(?![^>]*\ssrc=)", source)
    assert not re.search(r"""(?:href|src|action)=["']?(?:https?:)?//""", source)


def test_no_code_builds_markup():
    for file in Path(quiz.__file__).parent.rglob("*.py"):
        assert not re.search(r"\bMarkup\b|render_template_string|autoescape", file.read_text(encoding="utf-8")), file


@pytest.mark.parametrize("name", ["style.css", "page.js", "icon.svg"])
def test_static_files_load_nothing_from_elsewhere(client: Client, name):
    source = client.get(f"/static/{name}").text
    assert not re.findall(r"(?:https?:)?//(?!www\.w3\.org/2000/svg)[a-z0-9-]+\.[a-z]{2,}", source)


# Size limits


def test_the_quiz_connects_to_no_other_computer(app: App, client: Client, bank: Bank, monkeypatch):
    def refuse(*arguments: object, **_: object) -> None:
        raise AssertionError(f"a connection to {arguments}")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    owner_path = make_finished_response(client, bank, "Data engineer", "I keep the nightly loads running.")
    lead, _ = make_closed_round(app, client)
    descriptions = [description for description, _ in every_page(client, owner_path)]
    assert client.get(f"{lead}/rounds/1").status_code == 200
    assert len(descriptions) > 30


def test_a_form_that_is_too_large_is_refused_with_a_page(client: Client, owner_path):
    response = client.post(f"{owner_path}/more", {"text": "x" * 1_000_000})
    assert response.status_code == 413
    assert "The form is too large" in response.text


def test_a_form_with_too_many_parts_is_refused(app: App, client: Client, owner_path):
    before = dump_database(app)
    parts = client.token() | {f"part-{n}": "x" for n in range(app.config["MAX_FORM_PARTS"])}
    assert client.post(f"{owner_path}/more", parts, content_type="multipart/form-data").status_code == 413
    assert dump_database(app) == before


def test_a_form_with_too_many_fields_is_not_returned(client: Client, owner_path):
    response = client.test_client.post(
        f"{owner_path}/more", data="a&" * 30_000, content_type="application/x-www-form-urlencoded", buffered=True
    )
    assert response.status_code == 413
    assert len(response.data) < 10_000


def test_the_longest_text_is_accepted(app: App, client: Client, owner_path):
    text = "🎩" * 4000
    assert client.send(f"{owner_path}/more", {"text": text}).status_code == 303
    assert load_response(app, owner_path).text == text


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
def test_a_body_that_is_not_a_form_is_refused(client: Client, owner_path, form):
    assert client.test_client.post(f"{owner_path}/more", **form).status_code in {400, 413}


@pytest.mark.parametrize(
    "path", ["/%00", "/r/%00", "/%FF", "/static/..%2f..%2fcli.py", "/static/%00", "/" + "x" * 5000]
)
def test_a_malformed_address_gives_a_404(client: Client, path):
    assert client.get(path).status_code == 404
