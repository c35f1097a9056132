"""How often results fit, and how often two takings agree. All numbers were calculated by hand."""

from __future__ import annotations

import csv
import io
import json
import re
import stat
from pathlib import Path
from statistics import NormalDist

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from quiz.admin.feedback_counts import FeedbackCount, feedback_counts, wilson_interval
from quiz.bank import FollowUps
from quiz.cli import main
from quiz.results.feedback import Feedback, feedback_question
from quiz.scoring import match
from quiz.web.app import App
from tests.factories import ALL_NEVER, DOCS, make_owner

ENGINEER = ALL_NEVER | {"pipelines": "daily", "data-quality": "daily", "ingest-transform-serve": "daily"}
BOTH = ENGINEER | {"insights": "daily", "dashboards": "daily", "trends": "daily"}


def store(
    app: App, answers: dict[str, str], day: str, fits: str = "", *, earlier: str | None = None, **roles: list[str]
) -> str:
    """Store a finished taking, with feedback if `fits` is given. Returns its owner hash."""
    owner_hash, version = make_owner(), app.bank.version
    app.storage.create_response(owner_hash, bank=version, day=day, earlier=earlier)
    app.storage.save_answers(owner_hash, answers, bank=version, day=day)
    app.storage.finish_response(owner_hash, day=day)
    if fits:
        question = feedback_question(app.bank, match(app.scoring_model, answers), None)
        app.storage.save_feedback(owner_hash, question.answer(fits, **roles), day=day)
    return owner_hash


@pytest.fixture
def pilot(app: App) -> App:
    """Eight people. Seven have a result, four of them answered; three took the quiz twice."""
    store(app, BOTH, "2026-05-01", "yes")
    store(app, BOTH, "2026-05-02", "partly", too_much=["data-analyst"], missing=["ml-engineer"])
    store(app, ENGINEER, "2026-05-03", "no", missing=["data-analyst"])
    store(app, ENGINEER, "2026-05-04")
    app.storage.create_response(make_owner(), bank=app.bank.version, day="2026-05-05")
    first = store(app, ENGINEER, "2026-05-06", "no", missing=["data-analyst"])
    store(app, BOTH, "2026-05-16", "yes", earlier=first)
    first = store(app, BOTH, "2026-05-07")
    store(app, BOTH, "2026-05-21", earlier=first)
    first = store(app, BOTH, "2026-05-08")
    store(app, ENGINEER, "2026-05-23", earlier=first)
    return app


def counts_of(app: App) -> dict[tuple[str, str], FeedbackCount]:
    counts = feedback_counts(app.bank, app.scoring_model, app.storage)
    return {(count.measure, count.role): count for count in counts}


def share_of(count: FeedbackCount) -> tuple[float | None, float | None, float | None]:
    return count.share, count.low, count.high


def fractions(app: App) -> dict[tuple[str, str], tuple[int | None, int]]:
    return {key: (count.count, count.of) for key, count in counts_of(app).items()}


def test_of_two_takings_that_repeat_the_same_one_the_later_answer_counts(app: App):
    for _ in range(6):  # ids are random, so their order is not that of the days
        first = store(app, ENGINEER, "2026-05-01", "no")
        store(app, ENGINEER, "2026-07-01", "yes", earlier=first)
        store(app, ENGINEER, "2026-06-01", "partly", earlier=first)
    counts = counts_of(app)
    assert [counts[fits, ""].count for fits in ("yes", "partly", "no")] == [6, 0, 0]


def test_each_person_counts_once_with_the_latest_answer(pilot: App):
    found = fractions(pilot)
    assert {key[0]: fraction for key, fraction in found.items() if key[1] == ""} == {
        "answered": (4, 7),
        "yes": (2, 4),
        "partly": (1, 4),
        "no": (1, 4),
        "same-mix": (1, 2),
        "mean-jaccard": (None, 2),
    }


def test_each_role_is_counted_where_it_was_named_and_where_it_was_not(pilot: App):
    found = fractions(pilot)
    by_role = {
        role: [found[measure, role] for measure in ("yes", "partly", "no", "too-much", "missing")]
        for role in ("data-engineer", "data-analyst", "ml-engineer", "data-architect")
    }
    assert by_role == {
        "data-engineer": [(2, 4), (1, 4), (1, 4), (0, 4), (0, 0)],
        "data-analyst": [(2, 3), (1, 3), (0, 3), (1, 3), (1, 1)],
        "ml-engineer": [(0, 0), (0, 0), (0, 0), (0, 0), (1, 4)],
        "data-architect": [(0, 0), (0, 0), (0, 0), (0, 0), (0, 4)],
    }


def test_shares_have_their_interval_and_none_of_nobody(pilot: App):
    found = counts_of(pilot)
    assert share_of(found["yes", ""]) == (0.5, 0.15, 0.85)
    assert share_of(found["answered", ""]) == (0.5714, 0.2505, 0.8418)
    assert share_of(found["yes", "ml-engineer"]) == (None, None, None)


def test_two_takings_within_two_weeks_are_compared(pilot: App):
    found = counts_of(pilot)
    # One pair has data engineer, then data engineer and analyst: one role of two. The other pair is the same.
    assert share_of(found["mean-jaccard", ""]) == (0.75, None, None)
    assert share_of(found["same-mix", ""]) == (0.5, 0.0945, 0.9055)


def test_takings_with_too_few_answers_are_no_pair_and_two_without_a_role_agree(app: App):
    store(app, {"pipelines": "daily"}, "2026-05-02", earlier=store(app, BOTH, "2026-05-01"))
    assert fractions(app)["same-mix", ""] == (0, 0)
    little = dict.fromkeys(app.bank.responsibility, "rarely")
    store(app, little, "2026-05-02", earlier=store(app, little, "2026-05-01"))
    found = counts_of(app)
    assert (found["same-mix", ""].count, found["same-mix", ""].of, found["mean-jaccard", ""].share) == (1, 1, 1.0)


def test_comparisons_that_only_one_taking_has_do_not_make_two_takings_differ(app: App):
    answers = ENGINEER | {"infrastructure": "weekly", "ci-cd": "weekly"}
    first = store(app, answers, "2026-05-01")
    second = store(app, answers, "2026-05-02", earlier=first)
    follow_ups = FollowUps("data-engineer", {"devops-sre": "more"})
    app.storage.save_follow_ups(second, follow_ups, bank=app.bank.version, day="2026-05-02")
    assert match(app.scoring_model, answers).mix != match(app.scoring_model, answers, follow_ups).mix
    assert fractions(app)["same-mix", ""] == (1, 1)


def test_an_answer_about_a_role_that_the_bank_no_longer_has_is_counted_without_it(app: App):
    owner_hash = store(app, ENGINEER, "2026-05-01")
    feedback = Feedback("partly", {"data-engineer": "in-mix", "removed-role": "too-much"})
    app.storage.save_feedback(owner_hash, feedback, day="2026-05-01")
    found = fractions(app)
    assert (found["partly", ""], found["partly", "data-engineer"]) == ((1, 1), (1, 1))
    assert not [key for key in found if key[1] == "removed-role"]


# The interval


@given(st.integers(0, 400), st.integers(1, 400))
def test_the_ends_of_the_interval_are_where_the_share_would_just_be_unlikely(count, of):
    count = min(count, of)
    low, high = wilson_interval(count, of)
    assert 0 <= low <= count / of <= high <= 1
    z = NormalDist().inv_cdf(0.975)
    for end in (low, high):
        # Either the end of the scale, or the share is `z` standard errors of the end away from it.
        distance = abs(count / of - end)
        assert end in (0.0, 1.0) or distance == pytest.approx(z * (end * (1 - end) / of) ** 0.5, abs=1e-6)


def test_the_page_about_pilots_has_the_intervals_of_its_table():
    text = (DOCS / "pilot.md").read_text(encoding="utf-8")
    rows = re.findall(r"\| (\d+) of (\d+) \| (\d+) % to (\d+) % \|", text)
    assert len(rows) >= 5
    for count, of, low, high in rows:
        ends = wilson_interval(int(count), int(of))
        assert [f"{100 * end:.0f}" for end in ends] == [low, high], f"{count} of {of}"


# The command


def export(app: App, *arguments: str) -> Result:
    environ = {"MANY_HATS_INSTANCE": str(app.storage.file.parent)}
    return CliRunner().invoke(main, ["export", "--feedback", *arguments], env=environ)


def test_the_command_writes_the_counts_as_csv_and_as_json_lines(pilot: App):
    result = export(pilot)
    assert result.exit_code == 0, result.output
    assert result.stderr.splitlines() == [
        "A count of a few people can tell who said what: publish no count of fewer than five."
    ]
    header, *rows = csv.reader(io.StringIO(result.stdout.removeprefix("\ufeff")))
    assert header == ["measure", "role", "count", "of", "share", "low", "high"]
    assert ["yes", "", "2", "4", "0.5", "0.15", "0.85"] in rows
    assert ["missing", "data-engineer", "0", "0", "", "", ""] in rows
    assert ["mean-jaccard", "", "", "2", "0.75", "", ""] in rows
    as_json = [json.loads(line) for line in export(pilot, "--format", "jsonl").stdout.splitlines()]
    assert [list(each) for each in as_json] == [header] * len(rows)
    assert [["" if value is None else str(value) for value in each.values()] for each in as_json] == rows


def test_the_file_with_counts_can_be_read_by_its_owner_only(pilot: App, tmp_path: Path):
    assert export(pilot, "-o", str(tmp_path / "counts.csv")).exit_code == 0
    assert stat.S_IMODE((tmp_path / "counts.csv").stat().st_mode) == 0o600


def test_an_instance_without_responses_has_counts_of_nobody(app: App):
    app.storage.is_empty()
    rows = list(csv.DictReader(io.StringIO(export(app).stdout.removeprefix("\ufeff"))))
    assert {row["of"] for row in rows} == {"0"}
