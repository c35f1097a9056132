"""Made-up people and teams of `quiz demo`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from quiz import create_app
from quiz.admin import demo, demo_people
from quiz.bank import OTHER_WORK_SHARES, Bank, load
from quiz.scoring import ScoringModel, match
from quiz.web.app import App
from tests.clients import Client, Page


def test_the_demo_has_a_person_for_every_kind_of_evidence(bank: Bank):
    model = ScoringModel.from_bank(bank)
    evidence = {
        match(model, person.answers).evidence for person in demo_people.people(bank, model) if person.is_finished
    }
    assert evidence == {"clear", "leaning", "tie", "all-alike", "not-enough"}


@pytest.mark.thorough
def test_each_link_opens_a_page(app: App, client: Client):
    pages = demo.fill(app)
    assert len(pages) >= 20
    for path, description in pages:
        expected = 303 if "Stopped" in description else 200
        assert client.get(path).status_code == expected, description


def test_an_instance_with_responses_is_refused(app: App, client: Client):
    client.start()
    with pytest.raises(demo.InstanceNotEmptyError, match="new folder"):
        demo.fill(app)


def test_made_up_people_say_how_much_other_work_they_have_and_whether_the_result_fits(app: App):
    demo.fill(app)
    responses = app.storage.load_responses_after(0, limit=1000)
    assert {response.other_work_share for response in responses} == {"", *OTHER_WORK_SHARES}
    feedback = [response.feedback for response in responses if response.feedback]
    assert {each.fits for each in feedback} == {"yes", "partly"}
    assert {verdict for each in feedback for verdict in each.roles.values()} == {"in-mix", "missing"}


def test_somebody_who_took_the_quiz_again_heads_for_a_role_and_for_a_job(app: App, client: Client):
    pages = dict(demo.fill(app))
    (goals,) = [path for path in pages if path.endswith("/goals")]
    text = Page.of(client.get(goals)).text
    assert "Towards a job: A job at the Corner Shop" in text
    assert app.bank.roles[-1].responsibilities[-1].weekly_example in text
    both = [each for each in app.storage.load_responses_after(0, limit=1000) if each.job_goal]
    before, after = sorted(both, key=lambda each: each.earlier is not None)
    assert before.job_goal == after.job_goal
    assert after.earlier == before.id


@pytest.mark.server
def test_the_demo_is_stored_whole_if_standard_output_is_closed(tmp_path: Path):
    environ = os.environ | {"MANY_HATS_INSTANCE": str(tmp_path / "instance")}
    with subprocess.Popen(
        [sys.executable, "-m", "quiz", "demo"], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout and process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    storage = create_app({}, instance=tmp_path / "instance").storage
    assert sorted(team.kind for team in storage.load_all_teams()) == ["anonymous", "open"]


def test_the_demo_works_with_any_bank(small_bank):
    bank = load(small_bank)
    people = list(demo_people.people(bank, ScoringModel.from_bank(bank)))
    assert len(people) >= len(bank.roles) + 4
    assert all(set(person.answers) <= set(bank.responsibility) for person in people)
