"""The limits of form size: every bank that `quiz check` accepts can be answered, whatever its size."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from quiz import create_app
from quiz.admin import bank_lint
from quiz.bank import Bank, load
from quiz.storage import Response
from quiz.teams.joining import MAX_OPEN_MEMBERS
from quiz.web.form_limits import compute_limits
from quiz.web.forms.advert import MAX_ADVERT_LENGTH
from quiz.web.forms.base import MAX_TITLE_LENGTH
from quiz.web.forms.details import MAX_TEXT_LENGTH
from tests.checks import load_response
from tests.clients import Client
from tests.factories import SMALL_BANK, join_path, join_team, make_response, make_team

LONG_ID_LENGTH = 80
#: Four bytes in UTF-8, twelve in a URL-encoded form. No character takes more.
LONG_CHARACTER = "🎩"
EVERY_ENCODING = pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "multipart/form-data"], ids=["url-encoded", "multipart"]
)


def long_id(name: str) -> str:
    """An id of the maximum length that starts with `name`."""
    return name + "x" * (LONG_ID_LENGTH - len(name))


def made_up_word(number: int) -> str:
    """A word for each number, so that free text can tell the responsibilities apart, which `quiz check` requires."""
    return "".join("bdfgklmnpr"[int(digit)] + "aeioubdfgk"[int(digit)] + "o" for digit in f"{number:03}")


def write_large_bank(folder: Path, role_count: int, page_size: int) -> Path:
    """Write a bank with that many roles of three responsibilities each, with ids of the maximum length."""
    shutil.copytree(SMALL_BANK, folder)
    for file in (folder / "roles").iterdir():
        file.unlink()
    settings = (folder / "bank.toml").read_text(encoding="utf-8")
    stages = [stage.id for stage in load(SMALL_BANK).stages]
    wishes = "".join(
        f'[[wishes]]\nid = "{id}"\nlabel = "{id}"\nphrase = "{id}"\n\n' for id in ("more", "less", "hand-over", "start")
    )
    settings = settings.replace("min-questions = 2", "min-questions = 1").replace(
        "[[stages]]", f"{wishes}[[stages]]", 1
    )
    settings = settings.replace("max-questions = 4", f"max-questions = {page_size}")
    (folder / "bank.toml").write_text(settings, encoding="utf-8")
    for role in range(role_count):
        text = (
            f'name = "role {role}"\nplural = "roles {role}"\npurpose = "Does something."\n'
            f'contact-label = "People {role}"\nstage = "{stages[role % len(stages)]}"\nposition = 1\n'
            "works-with = []\n\n"
        )
        for number in range(3):
            word = made_up_word(3 * role + number)
            text += (
                f'[[responsibilities]]\nid = "{long_id(f"q-{role}-{number}-")}"\nname = "The {word}"\n'
                f'question = "bake {word} for the shop"\nhint = "kneading {word}"\n\n'
            )
        (folder / "roles" / f"{long_id(f'role-{role}-')}.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module", params=[(34, 7), (100, 50)], ids=["34 roles", "100 roles"])
def large_client(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Client:
    """A client of an app with a large bank."""
    folder = tmp_path_factory.mktemp("large")
    bank = write_large_bank(folder / "bank", *request.param)
    assert bank_lint.problems(bank) == [], "quiz check accepts the bank"
    return Client(create_app({"TESTING": True, "QUESTION_BANK": str(bank)}, instance=folder / "instance"))


def finish(client: Client) -> str:
    """Send the forms of the quiz without opening its pages. Returns the path of the owner link."""
    owner_path = client.start()
    for number, page in enumerate(client.app.bank.pages, 1):
        fields = {item.id: "weekly" for item in page}
        assert client.post(f"{owner_path}/{number}", client.token() | fields).status_code == 303
    assert client.post(f"{owner_path}/check", client.token()).status_code == 303
    return owner_path


def stored_response(client: Client, owner_path: str) -> Response:
    """The stored response behind the path of an owner link."""
    return load_response(client.app, owner_path)


@pytest.mark.thorough
@EVERY_ENCODING
def test_every_answer_of_every_page_can_be_sent(large_client: Client, content_type):
    owner_path = large_client.start()
    for number, page in enumerate(large_client.app.bank.pages, 1):
        fields = large_client.token() | {item.id: "monthly" for item in page}
        assert large_client.post(f"{owner_path}/{number}", fields, content_type=content_type).status_code == 303
    assert len(stored_response(large_client, owner_path).answers) == len(large_client.app.bank.responsibility)


@EVERY_ENCODING
def test_every_contact_and_the_longest_texts_can_be_sent(large_client: Client, content_type):
    owner_path = large_client.start()
    texts = {"title": LONG_CHARACTER * MAX_TITLE_LENGTH, "text": LONG_CHARACTER * MAX_TEXT_LENGTH}
    fields = large_client.token() | texts | {"contacts": list(large_client.app.bank.role)}
    assert large_client.post(f"{owner_path}/more", fields, content_type=content_type).status_code == 303
    response = stored_response(large_client, owner_path)
    assert len(response.contacts) == len(large_client.app.bank.roles)
    assert response.text == texts["text"]


@pytest.mark.thorough
@EVERY_ENCODING
def test_every_wish_can_be_sent(large_client: Client, content_type):
    owner_path = finish(large_client)
    fields = large_client.token() | {f"wish-{id}": "hand-over" for id in large_client.app.bank.responsibility}
    assert large_client.post(f"{owner_path}/goals", fields, content_type=content_type).status_code == 303
    assert len(stored_response(large_client, owner_path).wishes) == len(large_client.app.bank.responsibility)


@EVERY_ENCODING
def test_every_need_and_the_longest_advert_can_be_sent(large_client: Client, content_type):
    lead = make_team(large_client, "open")
    bank = large_client.app.bank
    fields = large_client.token() | {f"need-{id}": "4" for id in bank.responsibility}
    fields |= {f"heads-{id}": "0" for id in bank.role} | {"text": LONG_CHARACTER * MAX_ADVERT_LENGTH}
    assert large_client.post(f"{lead}/needs", fields, content_type=content_type).status_code == 303
    table = large_client.get(f"{lead}/table.json").get_json()
    assert {row["need"] for row in table["responsibilities"]} == {4}


@EVERY_ENCODING
def test_everybody_in_the_largest_team_can_be_chosen_as_away(client: Client, content_type):
    lead = make_team(client, "open")
    join_team(client.app, join_path(client, lead), make_response(client.app), "Ada")
    (member,) = re.findall(r'name="absent"[^>]*value="(\d+)"', client.get(f"{lead}/away").text)
    everybody = client.token() | {"absent": MAX_OPEN_MEMBERS * [member]}
    assert client.post(f"{lead}/away", everybody, content_type=content_type).status_code == 200


def test_too_many_goals_are_a_form_error_and_not_a_413(large_client: Client):
    owner_path = finish(large_client)
    wishes = {f"wish-{id}": "hand-over" for id in large_client.app.bank.responsibility}
    fields = large_client.token() | wishes | {"goals": list(large_client.app.bank.role)}
    response = large_client.post(f"{owner_path}/goals", fields)
    assert response.status_code == 422
    assert "Choose two roles at most" in response.text


def test_a_refused_form_can_be_sent_again_with_all_fields(large_client: Client):
    owner_path = finish(large_client)
    fields = {f"wish-{id}": "hand-over" for id in large_client.app.bank.responsibility}
    response = large_client.post(f"{owner_path}/goals", fields | {"csrf_token": "stale"})
    assert response.status_code == 400
    assert response.text.count("<textarea") == len(fields)


def test_the_limits_of_the_shipped_bank_are_those_of_its_largest_form(bank: Bank):
    limits = compute_limits(bank)
    assert limits.max_fields == 20 + len(bank.responsibility) + len(bank.roles)
    assert 50_000 < limits.max_bytes < 100_000
