"""Made-up people for looking at every page."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from quiz import create_app
from quiz.admin import demo
from quiz.bank import Bank, load
from quiz.scoring import ScoringModel, match
from quiz.web.app import App
from tests.clients import Visitor


def test_every_kind_of_result_is_among_the_made_up_people(bank: Bank):
    model = ScoringModel.from_bank(bank)
    found = {match(model, person.answers).evidence for person in demo.people(bank, model) if person.finished}
    assert found == {"clear", "leaning", "tie", "all-alike", "not-enough"}


def test_each_link_opens_a_page(app: App, visitor: Visitor):
    made = demo.fill(app)
    assert len(made) >= 18
    for path, about in made:
        assert visitor.get(path).status_code == (303 if "Stopped" in about else 200), about


def test_an_instance_with_responses_is_refused(app: App, visitor: Visitor):
    visitor.start()
    with pytest.raises(demo.InstanceNotEmptyError, match="fresh folder"):
        demo.fill(app)


@pytest.mark.server
def test_a_reader_who_leaves_early_still_leaves_a_whole_instance(tmp_path: Path):
    environ = os.environ | {"MANY_HATS_INSTANCE": str(tmp_path / "instance")}
    with subprocess.Popen(
        [sys.executable, "-m", "quiz", "demo"], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout and process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    kept = create_app({}, instance=tmp_path / "instance").storage
    assert [team.kind for team in kept.load_all_teams()] == ["anonymous", "open"]


def test_any_bank_has_its_own_people(small_bank):
    bank = load(small_bank)
    made = list(demo.people(bank, ScoringModel.from_bank(bank)))
    assert len(made) >= len(bank.roles) + 4
    assert all(set(person.answers) <= set(bank.responsibility) for person in made)
