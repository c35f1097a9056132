"""How large a form may be: a bank that `quiz check` accepts can always be answered, whatever its size."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from quiz import create_app
from quiz.admin import bank_lint
from quiz.bank import Bank, load
from quiz.storage import Response
from quiz.web.form_limits import compute_limits
from quiz.web.forms import MAX_TEXT_LENGTH, MAX_TITLE_LENGTH
from tests.checks import load_response
from tests.clients import Client
from tests.factories import SMALL_BANK

LONG_ID_LENGTH = 80
#: Four bytes in UTF-8, so twelve in a form: no character takes more.
LONG_CHARACTER = "🎩"
EVERY_ENCODING = pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "multipart/form-data"], ids=["url-encoded", "multipart"]
)


def long_id(name: str) -> str:
    return name + "x" * (LONG_ID_LENGTH - len(name))


def made_up_word(number: int) -> str:
    """A word that no other number gives, so that `quiz check` finds something to match free text with."""
    return "".join("bdfgklmnpr"[int(digit)] + "aeioubdfgk"[int(digit)] + "o" for digit in f"{number:03}")


def write_large_bank(folder: Path, role_count: int, page_size: int) -> Path:
    """A bank with that many roles of three responsibilities each, all ids at their longest."""
    shutil.copytree(SMALL_BANK, folder)
    for file in (folder / "roles").iterdir():
        file.unlink()
    frame = (folder / "bank.toml").read_text(encoding="utf-8")
    stages = [stage.id for stage in load(SMALL_BANK).stages]
    wishes = "".join(
        f'[[wishes]]\nid = "{id}"\nlabel = "{id}"\nphrase = "{id}"\n\n' for id in ("more", "less", "hand-over", "start")
    )
    frame = frame.replace("min-questions = 2", "min-questions = 1").replace("[[stages]]", f"{wishes}[[stages]]", 1)
    frame = frame.replace("max-questions = 4", f"max-questions = {page_size}")
    (folder / "bank.toml").write_text(frame, encoding="utf-8")
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
def large(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Client:
    """A visitor of an app with a large bank."""
    folder = tmp_path_factory.mktemp("large")
    bank = write_large_bank(folder / "bank", *request.param)
    assert bank_lint.problems(bank) == [], "quiz check accepts it"
    return Client(create_app({"TESTING": True, "QUESTION_BANK": str(bank)}, instance=folder / "instance"))


def finish(client: Client) -> str:
    """Take the quiz in storage, without its pages; gives the path of the owner link."""
    own = client.start()
    for number, page in enumerate(client.app.bank.pages, 1):
        fields = {item.id: "weekly" for item in page}
        assert client.post(f"{own}/{number}", client.token() | fields).status_code == 303
    assert client.post(f"{own}/check", client.token()).status_code == 303
    return own


def stored(client: Client, own: str) -> Response:
    return load_response(client.app, own)


@EVERY_ENCODING
def test_every_answer_of_every_page_can_be_sent(large: Client, content_type):
    own = large.start()
    for number, page in enumerate(large.app.bank.pages, 1):
        fields = large.token() | {item.id: "monthly" for item in page}
        assert large.post(f"{own}/{number}", fields, content_type=content_type).status_code == 303
    assert len(stored(large, own).answers) == len(large.app.bank.responsibility)


@EVERY_ENCODING
def test_every_contact_and_the_longest_texts_can_be_sent(large: Client, content_type):
    own = large.start()
    texts = {"title": LONG_CHARACTER * MAX_TITLE_LENGTH, "text": LONG_CHARACTER * MAX_TEXT_LENGTH}
    fields = large.token() | texts | {"contacts": list(large.app.bank.role)}
    assert large.post(f"{own}/more", fields, content_type=content_type).status_code == 303
    response = stored(large, own)
    assert len(response.contacts) == len(large.app.bank.roles)
    assert response.text == texts["text"]


@EVERY_ENCODING
def test_every_wish_can_be_sent(large: Client, content_type):
    own = finish(large)
    fields = large.token() | {f"wish-{id}": "hand-over" for id in large.app.bank.responsibility}
    assert large.post(f"{own}/goals", fields, content_type=content_type).status_code == 303
    assert len(stored(large, own).wishes) == len(large.app.bank.responsibility)


def test_too_many_goals_get_a_message_and_not_the_page_for_too_large_forms(large: Client):
    own = finish(large)
    wishes = {f"wish-{id}": "hand-over" for id in large.app.bank.responsibility}
    fields = large.token() | wishes | {"goals": list(large.app.bank.role)}
    answer = large.post(f"{own}/goals", fields)
    assert answer.status_code == 422
    assert "Choose two roles at most" in answer.text


def test_a_form_that_could_not_be_saved_can_be_sent_again_as_a_whole(large: Client):
    own = finish(large)
    fields = {f"wish-{id}": "hand-over" for id in large.app.bank.responsibility}
    answer = large.post(f"{own}/goals", fields | {"csrf_token": "stale"})
    assert answer.status_code == 400
    assert answer.text.count("<textarea") == len(fields)


def test_the_limits_of_the_shipped_bank_are_those_of_its_largest_form(bank: Bank):
    limits = compute_limits(bank)
    assert limits.max_fields == 20 + len(bank.responsibility) + len(bank.roles)
    assert 50_000 < limits.max_bytes < 100_000
