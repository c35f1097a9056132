"""The JSON API does what its OpenAPI document and docs/api.md say, and no input breaks it."""

from __future__ import annotations

import io
import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from quiz import create_app
from quiz.bank import Bank, load
from quiz.cli import main
from quiz.config import paths
from quiz.exchange import openapi, score_request
from quiz.web.app import App
from tests.checks import assert_private, dump_database
from tests.clients import Client
from tests.factories import DOCS

PROBLEM_TYPE = "application/problem+json"
BANK = load(paths.project_folder("questions"))
ANSWERS = st.dictionaries(st.sampled_from(list(BANK.responsibility)), st.sampled_from(list(BANK.option)))


def send(app: App, body: Any, **options: Any) -> TestResponse:
    """The response of `POST /api/score` to `body`: bytes are sent as they are, anything else as JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content_type": "application/json"} | options
    return app.test_client().post("/api/score", data=data, **headers)


def content(response: TestResponse) -> Any:
    """The JSON of a response."""
    return json.loads(response.data)


def problems(response: TestResponse, status: int) -> list[tuple[str, str]]:
    """Pointer (or header) and detail of each error in a problem document, which must be complete."""
    assert response.mimetype == PROBLEM_TYPE
    document = content(response)
    assert (response.status_code, document["status"]) == (status, status)
    assert set(document) == {"type", "title", "status", "detail", "errors"}
    assert all(error["hint"] for error in document["errors"])
    pairs = []
    for error in document["errors"]:
        source = "header" if "header" in error else "pointer"
        assert set(error) == {source, "detail", "hint"}
        pairs.append((error[source], error["detail"]))
    return pairs


def resolve(document: Any, pointer: str) -> Any:
    """The value that a JSON pointer (RFC 6901) points to. Raises KeyError if there is none."""
    assert pointer == "" or pointer.startswith("/")
    for part in pointer.split("/")[1:]:
        document = document[part.replace("~1", "/").replace("~0", "~")]
    return document


# The OpenAPI document


def test_the_served_document_is_the_tested_one(app: App):
    assert content(app.test_client().get("/api/openapi.json")) == json.loads(json.dumps(openapi.document(BANK)))


def test_the_document_lists_every_id_of_the_bank(bank: Bank):
    schemas = openapi.document(bank)["components"]["schemas"]
    assert schemas["RoleId"]["enum"] == list(bank.role)
    assert list(schemas["Answers"]["properties"]) == [item.id for item in bank.questions_in_order]
    assert schemas["Answer"]["enum"] == list(bank.option)


def test_the_document_states_how_long_an_id_and_a_text_can_be():
    properties = openapi.document(BANK)["components"]["schemas"]["ScoreRequest"]["properties"]
    assert (properties["id"]["maxLength"], properties["text"]["maxLength"]) == (
        score_request.MAX_ID_CHARACTERS,
        score_request.MAX_TEXT_CHARACTERS,
    )


def test_the_document_has_every_path_below_api(app: App):
    paths = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")}
    assert {path for path in openapi.document(BANK)["paths"] if path.startswith("/api/")} == paths


# Scores


def scores_of_command(people: list[dict[str, str]], tmp_path: Path) -> list[dict[str, Any]]:
    """What `quiz score` prints for these people, a JSON object each."""
    columns = ["id", *BANK.responsibility, "follow-up.base", *(f"follow-up.{role}" for role in BANK.role), "text"]
    rows = [",".join(f'"{person.get(column, "")}"' for column in columns) for person in people]
    file = tmp_path / "people.csv"
    file.write_text("\n".join([",".join(columns), *rows]) + "\n", encoding="utf-8")
    run = CliRunner().invoke(main, ["score", str(file), "--format", "jsonl"])
    assert run.exit_code == 0, run.output
    return [json.loads(line) for line in run.stdout.splitlines()]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ANSWERS, min_size=1, max_size=8))
def test_every_number_is_the_same_as_that_of_quiz_score(app: App, tmp_path: Path, sheets):
    people = [{"id": f"p{n}"} | answers for n, answers in enumerate(sheets)]
    lines = scores_of_command(people, tmp_path)
    for answers, line in zip(sheets, lines, strict=True):
        response = send(app, {"id": line["id"], "answers": answers})
        assert response.status_code == 200
        assert content(response) == line


def test_follow_up_answers_give_the_same_as_quiz_score(app: App, tmp_path: Path):
    answers = dict.fromkeys(BANK.responsibility, "never") | {"pipelines": "daily", "data-quality": "daily"}
    answers |= {"infrastructure": "weekly", "ci-cd": "weekly"}
    asked = content(send(app, {"answers": answers}))["follow_up"]
    assert asked == {"base": "data-engineer", "roles": ["devops-sre"]}
    follow_ups = {"base": "data-engineer", "devops-sre": "hardly"}
    cells = {f"follow-up.{role}": answer for role, answer in follow_ups.items()}
    [line] = scores_of_command([{"id": "x"} | answers | cells], tmp_path)
    result = content(send(app, {"id": "x", "answers": answers, "follow_ups": follow_ups}))
    assert result == line
    assert (result["mix"], result["follow_up"]) == (["data-engineer"], asked)


def test_null_instead_of_follow_up_answers_is_the_same_as_none(app: App):
    answers = {"pipelines": "daily"}
    without = content(send(app, {"answers": answers}))
    assert content(send(app, {"answers": answers, "follow_ups": None})) == without


@pytest.mark.parametrize(
    ("answer", "hint"), [("Half", "did you mean half?"), ("next to nothing", "did you mean hardly?")]
)
def test_the_hint_for_a_follow_up_answer_in_another_spelling_is_its_id(app: App, answer, hint):
    (error,) = content(send(app, {"answers": {}, "follow_ups": {"base": "data-engineer", "devops-sre": answer}}))[
        "errors"
    ]
    assert (error["pointer"], error["hint"]) == ("/follow_ups/devops-sre", hint)


@pytest.mark.thorough
@pytest.mark.parametrize("text", ["I build pipelines and dashboards all week.", "   ", "", "Кофе", "loads " * 15_000])
def test_a_text_gives_the_same_as_quiz_score(app: App, tmp_path: Path, text):
    answers = {"pipelines": "daily", "dashboards": "weekly"}
    [line] = scores_of_command([{"id": "x", "text": text} | answers], tmp_path)
    assert content(send(app, {"id": "x", "answers": answers, "text": text})) == line


def test_a_tie_names_the_other_mix(app: App):
    answers = dict.fromkeys(BANK.responsibility, "never") | {
        item: "weekly" for role in BANK.roles[:3] for item in [r.id for r in role.responsibilities][:2]
    }
    results = [content(send(app, {"answers": answers | {item: often}})) for item in answers for often in BANK.option]
    ties = [result for result in results if result["evidence"] == "tie"]
    assert ties
    assert all(result["alternative"] for result in ties)
    assert not [result for result in results if result["evidence"] != "tie" and result["alternative"] is not None]


@pytest.mark.parametrize(
    ("body", "id"), [({}, None), ({"id": None}, None), ({"id": ""}, ""), ({"id": "Zoë 🎩"}, "Zoë 🎩")]
)
def test_an_id_comes_back_as_it_is(app: App, body, id):
    response = send(app, body | {"answers": {}, "text": None})
    assert (content(response)["id"], content(response)["text"]) == (id, None)


def test_without_any_answer_there_is_a_result_without_a_mix(app: App):
    result = content(send(app, {"answers": {}}))
    assert (result["evidence"], result["mix"], result["fit"]) == ("not-enough", [], None)
    assert result["stability"] == {"unchanged": 0, "tried": 0}
    assert {role["coverage"] for role in result["roles"].values()} == {None}


def test_the_longest_text_is_accepted_with_and_without_escapes(app: App):
    hats = "🎩" * score_request.MAX_TEXT_CHARACTERS
    for body in (
        json.dumps({"answers": {}, "text": hats}),
        json.dumps({"answers": {}, "text": hats}, ensure_ascii=False),
    ):
        response = send(app, body.encode())
        assert response.status_code == 200
        assert set(content(response)["text"].values()) == {0.0}


def test_the_bank_has_the_questions_the_scale_and_the_roles(app: App, bank: Bank):
    document = content(app.test_client().get("/api/bank"))
    assert [(q["id"], q["text"]) for q in document["questions"]] == [
        (item.id, item.question) for item in bank.questions_in_order
    ]
    assert {point["id"]: point["level"] for point in document["scale"]} == {p.id: p.level for p in bank.option.values()}
    assert [(option["id"], option["in-mix"]) for option in document["follow-ups"]] == [
        *((option.id, option.in_mix) for option in bank.follow_ups),
        ("skip", None),
    ]
    assert document["version"] == bank.version
    for role in document["roles"]:
        assert {other["id"] for other in document["roles"] if role["id"] in other["works-with"]} == set(
            role["works-with"]
        )


# Invalid requests


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "is not JSON"),
        (b"{", "is not JSON"),
        (b"answers=daily", "is not JSON"),
        (b"\xff\xfe", "is not UTF-8 text"),
        (b'{"answers": {}}\xc3', "is not UTF-8 text"),
        ("{}".encode("utf-16"), "is not UTF-8 text"),
        (b'{"answers": {}} {}', "is not JSON"),
        (b'{"answers": {"pipelines": NaN}}', "contains NaN"),
        (b'{"answers": {}, "id": -Infinity}', "contains -Infinity"),
        (b"[" * 100_000, "is nested too deeply"),
        (b'{"answers":' * 50_000, "is nested too deeply"),
        (b'{"answers": {}, "answers": {}}', "has 'answers' twice"),
        (b'{"answers": {"trends": "daily", "trends": "never"}}', "has 'trends' twice"),
        (b'{"answers": "\x00"}', "is not JSON"),
    ],
)
def test_a_body_that_is_not_json_is_a_400_that_points_to_the_whole_body(app: App, body, expected):
    [(pointer, detail)] = problems(send(app, body), 400)
    assert pointer == ""
    assert expected in detail


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (None, [("", "is null")]),
        ([], [("", "is a list")]),
        ("answers", [("", "is a string")]),
        (7, [("", "is a number")]),
        (True, [("", "is true or false")]),
        ({}, [("/answers", "is missing")]),
        ({"answers": None}, [("/answers", "is null")]),
        ({"answers": []}, [("/answers", "is a list")]),
        ({"answers": {}, "contacts": []}, [("/contacts", "is not known here")]),
        ({"answers": {"piplines": "daily"}}, [("/answers/piplines", "is not a question of this bank")]),
        ({"answers": {"": "daily"}}, [("/answers/", "is not a question of this bank")]),
        ({"answers": {"a/b~c": "daily"}}, [("/answers/a~1b~0c", "is not a question of this bank")]),
        ({"answers": {}, "~1": 1}, [("/~01", "is not known here")]),
        ({"answers": {"pipelines": "dayly"}}, [("/answers/pipelines", "'dayly' is not an answer")]),
        ({"answers": {"pipelines": "Daily"}}, [("/answers/pipelines", "'Daily' is not an answer")]),
        ({"answers": {"pipelines": 4}}, [("/answers/pipelines", "is a number")]),
        ({"answers": {"pipelines": None}}, [("/answers/pipelines", "is null")]),
        ({"answers": {"pipelines": {}}}, [("/answers/pipelines", "is an object")]),
        ({"answers": {"pipelines": ["daily"]}}, [("/answers/pipelines", "is a list")]),
        ({"answers": {}, "text": 1}, [("/text", "is a number")]),
        ({"answers": {}, "text": "a\0b"}, [("/text", "contains a NUL character")]),
        ({"answers": {}, "text": "a\ud800b"}, [("/text", "contains half of a surrogate pair")]),
        ({"answers": {}, "text": "x" * 100_001}, [("/text", "has 100,001 characters")]),
        ({"answers": {}, "id": 7}, [("/id", "is a number")]),
        ({"answers": {}, "id": "x" * 201}, [("/id", "has 201 characters")]),
        ({"answers": {}, "id": "\udfff"}, [("/id", "contains half of a surrogate pair")]),
        ({"answers": {"\ud800\0": "daily"}}, [("/answers", r"'\ud800\x00' is not a question of this bank")]),
        ({"answers": {}, "\x1b[31m": 1}, [("", r"'\x1b[31m' is not known here")]),
        ({"answers": {}, "follow_ups": []}, [("/follow_ups", "is a list")]),
        ({"answers": {}, "follow_ups": {}}, [("/follow_ups/base", "is missing")]),
        ({"answers": {}, "follow_ups": {"base": None}}, [("/follow_ups/base", "is null")]),
        (
            {"answers": {}, "follow_ups": {"base": "data-enginer"}},
            [("/follow_ups/base", "'data-enginer' is not a role")],
        ),
        (
            {"answers": {}, "follow_ups": {"base": "data-engineer", "devops": "half"}},
            [("/follow_ups/devops", "is not a role of this bank")],
        ),
        (
            {"answers": {}, "follow_ups": {"base": "data-engineer", "devops-sre": "daily", "data-analyst": 2}},
            [("/follow_ups/devops-sre", "'daily' is not an answer"), ("/follow_ups/data-analyst", "is a number")],
        ),
        (
            {"answers": {}, "follow_ups": {"base": "data-engineer", "data-engineer": "half"}},
            [("/follow_ups/data-engineer", "compares the base with itself")],
        ),
        ({"answers": {"trends": 1}, "id": 2}, [("/id", "is a number"), ("/answers/trends", "is a number")]),
    ],
)
def test_a_request_that_cannot_be_scored_is_a_422_that_points_to_each_problem(app: App, body, expected):
    assert problems(send(app, body), 422) == expected


JSON_KEYS = st.text() | st.text("~/01a", max_size=5)


@pytest.mark.thorough
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(JSON_KEYS, st.just("often"), min_size=1), st.dictionaries(JSON_KEYS, st.none()))
def test_every_pointer_points_to_a_part_of_the_body(app: App, answers, others):
    body = others | {"answers": answers}
    for pointer, _ in problems(send(app, body), 422):
        resolve(body, pointer)


@pytest.mark.parametrize("number", [b"1" * 100_000, b"1e999999", b"-0", b"1." + b"3" * 100_000])
def test_a_very_long_number_is_refused_like_any_other(app: App, number):
    assert problems(send(app, b'{"answers": {"trends": ' + number + b"}}"), 422) == [("/answers/trends", "is a number")]


def test_the_hint_for_a_misspelt_name_is_the_right_one(app: App):
    errors = content(send(app, {"answers": {"piplines": "daily", "trends": "dayly"}, "txt": ""}))["errors"]
    hints = ["did you mean text?", "did you mean pipelines?", "did you mean daily?"]
    assert [error["hint"] for error in errors] == hints


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (4, "did you mean daily?"),
        (2.0, "did you mean monthly?"),
        ("3", "did you mean weekly?"),
        ("ABOUT weekly", "did you mean weekly?"),
        ("I can't say", "did you mean skip?"),
        ("NA", "did you mean skip?"),
        (5, "send one of never, rarely, monthly, weekly, daily, skip"),
        (True, "send one of never, rarely, monthly, weekly, daily, skip"),
        (["daily"], "send one of never, rarely, monthly, weekly, daily, skip"),
        ("weekly " * 100_000, "send one of never, rarely, monthly, weekly, daily, skip"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_the_hint_for_an_answer_in_another_spelling_is_its_id(app: App, answer, hint):
    (error,) = content(send(app, {"answers": {"trends": answer}}))["errors"]
    assert (error["pointer"], error["hint"]) == ("/answers/trends", hint)


def test_at_most_twenty_problems_are_reported_and_long_names_are_shortened(app: App):
    reported = problems(send(app, {"answers": {f"{n}" * 200: "daily" for n in range(1000)}}), 422)
    assert len(reported) == score_request.MAX_PROBLEMS
    assert {pointer for pointer, _ in reported} == {"/answers"}
    assert max(len(detail) for _, detail in reported) < 80


@pytest.mark.parametrize(
    ("type", "detail"),
    [
        ("text/plain", "is text/plain"),
        ("application/x-www-form-urlencoded", "is application/x-www-form-urlencoded"),
        ("application/problem+json", "is application/problem+json"),
        ("", "is missing"),
        ("x" * 500, f"is {'x' * 40}"),
    ],
)
def test_another_content_type_is_a_415_that_names_the_header(app: App, type, detail):
    assert problems(send(app, {"answers": {}}, content_type=type), 415) == [("Content-Type", detail)]


@pytest.mark.parametrize("type", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_is_accepted_in_every_usual_form(app: App, type):
    assert send(app, b'\xef\xbb\xbf{"answers": {}}', content_type=type).status_code == 200


def test_a_body_that_is_too_large_is_a_413(app: App):
    spaces = b" " * (score_request.MAX_BODY_BYTES + 1)
    assert problems(send(app, spaces), 413) == []
    endless = {"input_stream": io.BytesIO(spaces), "environ_overrides": {"wsgi.input_terminated": True}}
    response = app.test_client().post("/api/score", content_type="application/json", **endless)
    assert problems(response, 413) == []


@pytest.mark.parametrize(
    "path", ["/api/", "/api/nothing", "/api/score/", "/api/bank.json", "/api/%00", "/nothing.json"]
)
def test_an_unknown_address_gives_a_404(app: App, path):
    assert problems(app.test_client().get(path), 404) == []


@pytest.mark.parametrize(("path", "method", "allowed"), [("/api/score", "GET", "POST"), ("/api/bank", "PUT", "GET")])
def test_the_response_to_a_wrong_method_names_the_right_ones(app: App, path, method, allowed):
    response = app.test_client().open(path, method=method)
    assert problems(response, 405) == []
    assert allowed in response.headers["Allow"]


@pytest.mark.parametrize("host", ["evil.example", "localhost@evil.example"])
def test_an_unknown_host_gets_a_problem_document(app: App, host):
    assert problems(app.test_client().get("/api/bank", headers={"Host": host}), 400) == []


def test_an_error_of_the_server_is_a_problem_document_without_internal_details(tmp_path: Path, monkeypatch):
    def broken(*_: object) -> None:
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(score_request, "read_request", broken)
    response = send(create_app(instance=tmp_path / "plain"), {"answers": {}})
    assert problems(response, 500) == []
    assert "hunter2" not in response.text


def test_a_wrong_private_link_is_a_problem_document_at_json_addresses_only(client: Client):
    assert problems(client.get("/r/AAAAAAAAAAAAAAAAAAAAAA.json"), 404) == []
    assert client.get("/r/AAAAAAAAAAAAAAAAAAAAAA.csv").mimetype == "text/html"


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["daily", "x" * 10_000])
NAMES = st.text() | st.sampled_from(["answers", "text", "id", "pipelines"])
TREES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner), max_leaves=20)


@pytest.mark.thorough
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200) | TREES.map(lambda tree: json.dumps({"answers": tree, "id": tree}).encode()))
def test_no_body_causes_a_server_error(app: App, body):
    assert send(app, body).status_code in {200, 400, 422}


# Privacy


def test_scoring_stores_nothing_and_sets_no_cookie(app: App, client: Client):
    client.start()
    before = dump_database(app)
    response = client.test_client.post("/api/score", json={"id": "Ada", "answers": {}, "text": "Ada loads figures."})
    assert response.status_code == 200
    assert dump_database(app) == before
    for path in ("/api/bank", "/api/openapi.json", "/health"):
        assert "Set-Cookie" not in app.test_client().get(path).headers
    assert "Set-Cookie" not in send(app, {"answers": {}}).headers
    assert "Set-Cookie" not in send(app, b"{").headers


def test_every_response_has_the_headers_that_keep_it_private(app: App):
    client = app.test_client()
    for path in ("/api/bank", "/api/openapi.json", "/api/nothing", "/api/score", "/health"):
        assert_private(path, client.get(path))
    assert_private("scored", send(app, {"answers": {}}))


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_of_another_site_cannot_use_it(app: App, site):
    assert problems(send(app, {"answers": {}}, headers={"Sec-Fetch-Site": site}), 403) == []


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_of_another_site_can_read_the_bank_as_the_document_says(app: App, site):
    for path, operations in openapi.document(BANK)["paths"].items():
        if "{" not in path and "get" in operations:
            response = app.test_client().get(path, headers={"Sec-Fetch-Site": site})
            assert (response.status_code, "403" in operations["get"]["responses"]) == (200, False), path


# The docs


def examples() -> list[tuple[str, str]]:
    """Each call in the docs with the response shown below it."""
    text = (DOCS / "api.md").read_text(encoding="utf-8")
    return re.findall(r"^```sh\n(curl .*?)^```\n\n```json\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def curl(app: App, command: str) -> TestResponse:
    """The response to a `curl` command of the docs, which use an address, one header and a body only."""
    arguments = shlex.split(command)
    options = {name: arguments[n + 1] for n, name in enumerate(arguments) if name in {"-H", "-d"}}
    address = next(argument for argument in arguments if argument.startswith("http://127.0.0.1:8000/"))
    assert len(arguments) == 2 + 2 * len(options), command
    headers = dict([options["-H"].split(": ")]) if "-H" in options else {}
    method = "POST" if "-d" in options else "GET"
    return app.test_client().open(address, method=method, headers=headers, data=options.get("-d"))


def matches(example: Any, actual: Any) -> bool:
    """Whether a JSON value matches an example of the docs: `…` matches any value, or the rest of a list or object."""
    if example == "…":
        return True
    if isinstance(example, dict) and isinstance(actual, dict):
        named_values = {name: value for name, value in example.items() if name != "…"}
        is_complete = "…" in example or list(named_values) == list(actual)
        return is_complete and all(
            name in actual and matches(value, actual[name]) for name, value in named_values.items()
        )
    if isinstance(example, list) and isinstance(actual, list):
        named_items = example[:-1] if example[-1:] == ["…"] else example
        is_complete = len(named_items) < len(example) or len(example) == len(actual)
        return is_complete and len(named_items) <= len(actual) and all(map(matches, named_items, actual))
    return bool(example == actual) and type(example) is type(actual)


@pytest.mark.parametrize(("command", "example"), examples(), ids=lambda text: text.split()[1][:60])
def test_every_example_in_the_docs_gives_the_response_they_show(app: App, command, example):
    response = curl(app, command)
    assert matches(json.loads(example), content(response)), response.text


def test_the_docs_have_an_example_of_every_operation():
    commands = " ".join(command for command, _ in examples())
    documented = [path for path in openapi.document(BANK)["paths"] if not path.endswith((".csv", "openapi.json"))]
    assert [path for path in documented if path.replace("{link}", "A" * 22) not in commands] == []


def test_the_docs_state_every_status_and_limit(app: App):
    text = (DOCS / "api.md").read_text(encoding="utf-8")
    statuses = openapi.document(BANK)["paths"]["/api/score"]["post"]["responses"]
    documented = set(re.findall(r"\d{3}", " ".join(re.findall(r"^\| (\d{3}(?:, \d{3})*) \|", text, re.MULTILINE))))
    assert set(statuses) - {"200"} <= documented
    health = text.partition("## Health")[2]
    assert [
        status for status in openapi.document(BANK)["paths"]["/health"]["get"]["responses"] if status not in health
    ] == []
    for number in (score_request.MAX_BODY_BYTES, score_request.MAX_TEXT_CHARACTERS):
        assert f"{number:,}" in text
    assert f"up to {score_request.MAX_ID_CHARACTERS} characters" in text
    assert f"more than {app.config['API_PER_MINUTE']} requests" in text


@pytest.mark.parametrize(
    ("example", "actual", "expected"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ({"a": 1, "…": "…"}, {"a": 1, "b": 2}, True),
        ({"a": "…"}, {"a": [1]}, True),
        ({"b": 1}, {"a": 1}, False),
        ([1, "…"], [1, 2, 3], True),
        ([1], [1, 2], False),
        ([1, 2], [1], False),
        ([2, "…"], [1, 2], False),
        (1, 1.0, False),
        (0.5, 0.25, False),
    ],
)
def test_the_comparison_with_the_docs_works(example, actual, expected):
    assert matches(example, actual) is expected
