"""Every operation of the API against its OpenAPI document: schemathesis sends what the document allows and forbids."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import settings

from quiz import create_app
from quiz.bank import Bank
from quiz.exchange import openapi
from quiz.web.app import App
from tests.clients import Client
from tests.factories import BANK, all_answers, join_path, join_team, make_team

#: The app that schemathesis sends its requests to while the tests of this module run.
served_apps: list[App] = []


def wsgi_app(environ: Any, start_response: Any) -> Any:
    # schemathesis lists the operations when tests are collected, before there is an app.
    return served_apps[-1](environ, start_response)


schema = schemathesis.openapi.from_dict(openapi.document(BANK))
schema.app, schema.location = wsgi_app, "/api/openapi.json"


@pytest.fixture(scope="module", autouse=True)
def _serve_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    served_apps.append(create_app({"TESTING": True}, instance=tmp_path_factory.mktemp("api")))
    yield
    served_apps.pop()


@pytest.mark.thorough
@schema.parametrize()
@settings(max_examples=10, derandomize=True, database=None, deadline=None)
def test_every_operation_does_what_its_document_says(case: Any):
    case.call_and_validate()


def test_personal_data_matches_the_document(app: App, client: Client, bank: Bank):
    owner_path = client.take(all_answers(bank, "weekly"), title="Analyst", text="Figures.", contacts=["data-engineer"])
    client.send(f"{owner_path}/shares", page=f"{owner_path}/manage")
    join_team(app, join_path(client, make_team(client)), owner_path)
    response = client.get(f"{owner_path}.json")
    assert response.status_code == 200
    schema["/r/{link}.json"]["GET"].validate_response(response)
