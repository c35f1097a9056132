"""Every operation of the API against its OpenAPI document: schemathesis sends what the document allows and forbids."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import settings
from schemathesis import BaseSchema

from quiz.bank import Bank
from quiz.exchange import openapi
from quiz.web.app import App
from tests.clients import Client
from tests.factories import BANK, all_answers, join_path, join_team, make_team

#: Made when the tests run: making the requests takes seconds, and every process collects the tests.
schema = schemathesis.pytest.from_fixture("document")


@pytest.fixture
def document(app: App, request: pytest.FixtureRequest) -> BaseSchema:
    """The OpenAPI document of an app, which gets the requests."""
    request.node._nodeid = request.node.nodeid  # schemathesis 4.32 reads and sets what pytest 9.2 names otherwise
    document = schemathesis.openapi.from_dict(openapi.document(BANK))
    document.app, document.location = app, "/api/openapi.json"
    return document


@pytest.mark.thorough
@schema.parametrize()
@settings(max_examples=10, derandomize=True, database=None, deadline=None)
def test_every_operation_does_what_its_document_says(case: Any):
    case.call_and_validate()


def test_personal_data_matches_the_document(app: App, client: Client, bank: Bank, document: BaseSchema):
    owner_path = client.take(all_answers(bank, "weekly"), title="Analyst", text="Figures.", contacts=["data-engineer"])
    client.send(f"{owner_path}/shares", page=f"{owner_path}/manage")
    join_team(app, join_path(client, make_team(client)), owner_path)
    response = client.get(f"{owner_path}.json")
    assert response.status_code == 200
    document["/r/{link}.json"]["GET"].validate_response(response)
