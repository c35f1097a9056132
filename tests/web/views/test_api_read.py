"""`POST /api/read`."""

import json

import pytest

WORK = "You build data pipelines with Airflow. You load our data warehouse and model its tables."


@pytest.fixture
def send(app):
    def send(body, **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return app.test_client().post("/api/read", data=data, content_type="application/json", headers=headers)

    return send


def test_it_gives_what_an_advert_asks_for(send, bank):
    answer = send({"text": WORK}).get_json()
    assert (answer["recognised"], answer["reason"], answer["mix"]) == (True, None, ["data-engineer"])
    assert list(answer["roles"]) == [role.id for role in bank.roles]
    assert list(answer["responsibilities"]) == list(bank.responsibility)
    assert "pipelines" in answer["asked"]
    assert WORK[answer["marks"][0]["start"] : answer["marks"][0]["end"]].startswith("build data pipelines")


def test_a_text_that_is_no_advert_has_no_mix(send):
    answer = send({"text": ""}).get_json()
    assert (answer["recognised"], answer["reason"], answer["mix"], answer["marks"]) == (False, "empty", [], [])


@pytest.mark.parametrize(
    ("body", "status", "pointer", "detail"),
    [
        (b"{", 400, "", "is not JSON"),
        ([], 422, "", "is a list"),
        ({}, 422, "/text", "is missing"),
        ({"text": None}, 422, "/text", "is null"),
        ({"text": 4}, 422, "/text", "is a number"),
        ({"text": "a\0"}, 422, "/text", "contains a NUL character"),
        ({"text": "\ud800"}, 422, "/text", "contains half of a surrogate pair"),
        ({"text": "x" * 100_001}, 422, "/text", "has 100,001 characters"),
        ({"text": WORK, "id": "7"}, 422, "/id", "is not known here"),
    ],
    ids=["no JSON", "list", "missing", "null", "number", "NUL", "surrogate", "long", "unknown"],
)
def test_a_wrong_body_is_a_problem_document(send, body, status, pointer, detail):
    response = send(body)
    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    problem = response.get_json()["errors"][0]
    assert problem["pointer"] == pointer
    assert problem["detail"].startswith(detail)
    assert problem["hint"]


def test_a_text_of_the_greatest_length_fits_however_it_is_written(send):
    assert send({"text": "🎩" * 100_000}).status_code == 200


def test_a_larger_body_is_refused(send):
    assert send(b'{"text": "' + b"x" * 1_300_000 + b'"}').status_code == 413


def test_another_media_type_is_refused(app):
    assert app.test_client().post("/api/read", data={"text": WORK}).status_code == 415


def test_a_page_of_another_site_cannot_use_it(send):
    assert send({"text": WORK}, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
