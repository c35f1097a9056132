"""Every benchmark can be run in its smallest size. The measured figures are not checked here."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from benchmarks import attacks, engines, growth, load, pages, reading, scoring
from benchmarks.__main__ import BENCHMARKS, SLOW, main
from benchmarks.floors import WsgiRequest
from benchmarks.peers import projects
from benchmarks.peers.client import Form
from benchmarks.table import Row, compare, row_of_pairs, table_lines

SMALLEST = {
    "question": partial(pages.question, rounds=1),
    "submit": partial(pages.submit, rounds=1),
    "result": partial(pages.result, rounds=1),
    "api": partial(pages.api, rounds=1),
    "open-team": partial(pages.open_team, rounds=1, targets={2: 100}),
    "scoring": partial(scoring.person, rounds=1),
    "advert": partial(reading.advert, rounds=1),
    "start": partial(load.first_answer, rounds=1),
    "growth": partial(growth.submits, many=40, few=20, rounds=1),
    "teams": partial(growth.teams, many=20, few=10, rounds=1),
    "batch": partial(growth.scored, rows=200, rounds=1),
    "load": partial(load.submits, seconds=1, rate=10),
}


def test_each_benchmark_has_a_smallest_size_here():
    assert SMALLEST.keys() == BENCHMARKS.keys()
    assert SLOW.keys() <= BENCHMARKS.keys()


@pytest.mark.thorough
@pytest.mark.parametrize("name", SMALLEST)
def test_a_benchmark_can_be_run(name):
    rows = list(SMALLEST[name]())
    assert rows
    for row in rows:
        assert row.ratio is None or (row.ratio > 0 and row.target)
        assert "0 errors" in row.note or row.ratio


def test_the_command_prints_a_line_for_each_row(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["benchmarks", "--only", "scoring"])
    monkeypatch.setitem(BENCHMARKS, "scoring", SMALLEST["scoring"])
    main()
    output = capsys.readouterr().out
    assert "numpy cosine of the same size" in output
    assert output.splitlines()[-2].startswith("one person: mix, evidence, stability")


# The table


def test_a_ratio_is_computed_for_each_round_and_the_median_is_used():
    row = row_of_pairs("work", [(1.0, 2.0), (2.0, 6.0), (1.0, 9.0)], floor_name="floor", target=3)
    assert (row.ratio, row.seconds, row.floor_seconds, row.verdict) == (3.0, 6.0, 1.0, "ok")


@pytest.mark.thorough
def test_work_that_takes_longer_than_its_floor_is_reported():
    row = compare(
        "work",
        lambda: sum(range(20_000)),
        lambda: sum(range(200)),
        floor_name="less",
        target=1,
        rounds=3,
        sample_seconds=0.005,
    )
    assert row.ratio is not None
    assert row.ratio > 10
    assert row.verdict == "over"


def test_a_row_without_a_floor_has_a_note_only():
    table = table_lines(
        [Row("submits", note="0 errors"), row_of_pairs("work", [(1e-3, 2e-3)], floor_name="floor", target=None)]
    )
    assert table[1].split() == ["submits", "0", "errors"]
    assert table[2].split() == ["work", "2.0", "ms", "1.0", "ms", "2.00x", "floor:", "floor"]


def test_an_error_page_is_not_measured():
    with pages.fresh() as (app, _), pytest.raises(SystemExit, match="gave 404, not 200"):
        pages.checked(WsgiRequest(app.wsgi_app, "/nowhere"), 200)


# Slow and silent clients


@pytest.mark.server
@pytest.mark.parametrize("attack", attacks.ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_can_be_measured(attack):
    smaller = replace(attack, connections=min(attack.connections, 5))
    ((name, server, before, median, longest, pages),) = attacks.rows({"ours": attacks.OURS}, 0.2, [smaller])
    assert (name, server) == (attack.name, "ours")
    assert all(re.fullmatch(r"[\d.]+ (µs|ms|s)", wait) for wait in (before, median, longest))
    assert int(pages) >= 1


def test_a_page_that_does_not_come_is_reported_as_such():
    none = "no answer within 10 s"
    assert attacks.Waits(0.1, (0.1, 0.2, 0.3)).cells() == ("100.0 ms", "200.0 ms", "300.0 ms", "3")
    assert attacks.Waits(0.1, (0.1, 0.2, None)).cells() == ("100.0 ms", "150.0 ms", none, "3")
    assert attacks.Waits(0.1, (None, 0.1)).cells() == ("100.0 ms", none, none, "2")


def test_the_command_prints_a_line_for_each_attack_and_server(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["attacks", "--seconds", "1", "--other", "serve {port}"])
    monkeypatch.setattr(attacks, "measure", lambda attack, command, seconds: attacks.Waits(seconds, (seconds,)))
    attacks.main()
    lines = capsys.readouterr().out.splitlines()
    assert len([line for line in lines if line.split()[-5:] == ["1.00", "s", "1.00", "s", "1"]]) == 2 * len(
        attacks.ATTACKS
    )


# Similar programs


def test_a_form_is_read_as_a_browser_would_send_it():
    page = """
        <form action="/search"><input type="hidden" name="not" value="this one"></form>
        <form method="post" action="/2"><input type="hidden" name="token" value="a&amp;b">
        <input type="radio" name="often" value="0"><input type="radio" name="often" value="1">
        <input type="text" name="title"></form>
        <form method="post"><input type="hidden" name="nor" value="this one"></form>"""
    form = Form(page)
    assert (form.action, form.hidden, form.radios) == ("/2", {"token": "a&b"}, {"often": ["0", "1"]})


def test_peers_get_the_same_questions_on_the_same_pages(tmp_path: Path, bank, monkeypatch):
    monkeypatch.setattr(projects, "install", lambda folder, *packages: Path("/no/environment/bin/python"))
    monkeypatch.setattr(projects, "_run", lambda command, folder, environment: None)
    (tmp_path / "otree").mkdir()
    (tmp_path / "django").mkdir()
    projects.otree(tmp_path / "otree", bank, 1)
    projects.django(tmp_path / "django", bank, 1)
    django_code = (tmp_path / "django" / "fill.py").read_text(encoding="utf-8")
    otree_code = (tmp_path / "otree" / "hats" / "__init__.py").read_text(encoding="utf-8")
    compile(django_code, "fill.py", "exec")
    compile(otree_code, "__init__.py", "exec")
    assert all(
        repr(item.question) in django_code and repr(item.question) in otree_code for item in bank.questions_in_order
    )
    assert f"Page{len(bank.pages)}, Results]" in otree_code


def test_a_peer_that_cannot_be_installed_says_why(tmp_path: Path):
    with pytest.raises(projects.PeerUnavailableError, match="no-such-program"):
        projects._run(["/no-such-program"], tmp_path, {})
    with pytest.raises(projects.PeerUnavailableError, match="ended with 3: it broke"):
        projects._run(["sh", "-c", "echo it broke >&2; exit 3"], tmp_path, {})


@pytest.mark.slow
@pytest.mark.server
def test_the_engines_are_measured_and_a_move_keeps_every_row(monkeypatch, capsys):
    monkeypatch.setattr(engines, "FEW", 20)
    monkeypatch.setattr(engines, "ROUNDS", 1)
    monkeypatch.setattr("sys.argv", ["engines", "--many", "40", "--move", "30"])
    engines.main()
    printed = capsys.readouterr().out
    for text in ("submit on SQLite", "submit on PostgreSQL", "pgbouncer"):
        assert text in printed
    moves = re.findall(r"rows (\S+) and (\S+), checksums (\w+) and (\w+)", printed)
    assert [(rows, checksum) for rows, _, checksum, _ in moves] == [(f"{30 * 22}", moves[0][2])] * 2
    assert all(move[0] == move[1] and move[2] == move[3] for move in moves)
