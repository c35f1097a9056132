"""The result page: the right sentence, shares, reasons and table for each kind of result."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest

from quiz import create_app
from quiz.bank import Bank, load
from quiz.config import paths
from quiz.results.result import MixShare, build_result
from quiz.web import links
from quiz.web.app import App
from tests.clients import Client, Page
from tests.factories import make_older_response

#: The heading over the table of all roles.
ALL = f"All {len(load(paths.project_folder('questions')).roles)} roles"


def seen(
    client: Client, bank: Bank, answers: dict[str, str], *, often: str = "never", contacts: tuple[str, ...] = ()
) -> Page:
    """The result page of somebody who answered `often` to all questions not named."""
    return client.see(client.take(dict.fromkeys(bank.responsibility, often) | answers, contacts=list(contacts)))


def between(text: str, start: str, end: str) -> str:
    """What stands between two pieces of a text."""
    return text.split(start, 1)[1].split(end, 1)[0]


def percents(shown: Page) -> list[int]:
    """The figures of the table of all roles, from its first row to its last."""
    return [int(figure) for figure in re.findall(r"(\d+)%", between(shown.text, ALL, "How much of each role"))]


ANALYST = {"insights": "daily", "dashboards": "daily", "trends": "daily"}
ENGINEER = {"pipelines": "daily", "ingest-transform-serve": "daily", "data-quality": "weekly"}
OPERATIONS = {"infrastructure": "daily", "ci-cd": "weekly", "monitoring": "weekly"}


# One role, two roles


def test_a_pure_data_analyst_wears_one_hat(client: Client, bank: Bank):
    shown = seen(client, bank, ANALYST)
    assert shown.title == "You wear one\u00a0hat: data\u00a0analyst – Many Hats"
    assert "You wear one hat: data analyst Your answers point clearly to this role." in shown.text
    assert bank.role["data-analyst"].purpose in shown.text
    assert percents(shown) == [100, 0, 0, 0, 0, 0, 0]


def test_a_role_is_explained_by_its_answers(client: Client, bank: Bank):
    shown = seen(client, bank, ANALYST)
    why = between(shown.text, "Which of your answers say so", ALL)
    for item in bank.role["data-analyst"].responsibilities:
        assert f"{item.name} daily or almost daily" in why
    assert "never" not in why, "only the mix's own answers stand here"


def test_a_data_engineer_who_runs_infrastructure_combines_two_roles(client: Client, bank: Bank):
    shown = seen(client, bank, ENGINEER | OPERATIONS)
    assert "You combine data engineer and DevOps/SRE Your answers point clearly to this mix." in shown.text
    mix = between(shown.text, "Your mix", "Where you stand")
    assert "Data engineer 55%" in mix
    assert "DevOps/SRE 45%" in mix
    assert percents(shown) == [88, 77, 0, 0, 0, 0, 0]


def test_the_answers_of_each_role_are_ordered_by_level(client: Client, bank: Bank):
    shown = seen(client, bank, ENGINEER | OPERATIONS)
    why = between(shown.text, "Which of your answers say so", ALL)
    order = ["Data engineer", *names(bank, "pipelines", "ingest-transform-serve", "data-quality")]
    order += ["DevOps/SRE", *names(bank, "infrastructure", "ci-cd", "monitoring")]
    places = [why.index(name) for name in order]
    assert places == sorted(places)


def names(bank: Bank, *questions: str) -> list[str]:
    return [bank.responsibility[id].name for id in questions]


def test_every_answer_links_to_its_question(client: Client, bank: Bank):
    own = client.take(dict.fromkeys(bank.responsibility, "never") | ANALYST)
    linked = set(client.see(own).values("href"))
    for number, items in enumerate(bank.pages, 1):
        assert {f"{own}/{number}#{item.id}" for item in items} <= linked


def test_the_table_has_every_role_by_coverage(client: Client, bank: Bank):
    shown = seen(client, bank, ENGINEER, often="rarely")
    table = between(shown.text, ALL, "How much of each role")
    assert all(role.title in table for role in bank.roles)
    assert percents(shown) == sorted(percents(shown), reverse=True)
    rows = [tag for name, tag in shown.tags if name == "tr" and tag.get("class") == "in-mix"]
    assert len(rows) == 1


# How sure


def test_a_leaning_says_so(client: Client, bank: Bank):
    shown = seen(client, bank, {"insights": "monthly", "pipelines": "daily"})
    assert "You wear one hat: data engineer Your answers lean this way" in shown.text
    assert "A leaning, not a verdict" in shown.text


def test_a_tie_names_both_mixes(client: Client, bank: Bank):
    shown = seen(client, bank, {"insights": "monthly", "pipelines": "weekly"})
    assert "A tie: data engineer, with or without data analyst Both would describe your weeks" in shown.text
    assert "The rest of this page includes data analyst." in shown.text
    assert "You are between two mixes" in shown.text


@pytest.mark.parametrize(
    ("mix", "other", "said"),
    [
        (["a", "b"], ["a"], "A tie: a, with or without b"),
        (["a"], ["a", "b", "c"], "A tie: a, with or without b and c"),
        (["a", "b"], ["a", "c"], "A tie: a, with b or c"),
        (["a"], ["b"], "A tie: a or b"),
    ],
)
def test_a_tie_names_shared_roles_once(app: App, bank: Bank, mix, other, said):
    role = bank.roles[0]
    roles = {name: replace(role, id=name, name=name) for name in "abc"}
    found = build_result(bank, app.scoring_model, dict.fromkeys(bank.responsibility, "never"))
    tie = replace(
        found,
        kind="tie",
        shares=tuple(MixShare(roles[name], 50, 0, ()) for name in mix),
        alternative_mix=tuple(roles[name] for name in other),
    )
    template = app.jinja_env.from_string('{% from "result/_headline.html" import headline %}{{ headline(tie) }}')
    assert template.render(tie=tie) == said


def test_the_closest_role_is_named_with_the_answer_that_brings_it_in(client: Client, bank: Bank):
    answers = dict.fromkeys(bank.responsibility, "never") | {"insights": "monthly", "pipelines": "daily"}
    own = client.take(answers)
    told = between(client.see(own).text, "Closest role that is not in your mix: ", " it would be in your mix")
    role, name, to, was = re.fullmatch(r"(.*)\. With “(.*)” at “(.*)” instead of “(.*)”,", told).groups()  # type: ignore[union-attr]
    item = next(item for item in bank.questions_in_order if item.name == name)
    point = next(point for point in bank.scale if point.phrase == to)
    assert bank.option[answers[item.id]].phrase == was
    changed = client.take(answers | {item.id: point.id})
    assert role in client.see(changed).title.replace("\u00a0", " ")


def test_the_number_of_skipped_questions_is_shown(client: Client, bank: Bank):
    shown = seen(client, bank, ANALYST | {"pipelines": "skip", "governance": "skip"})
    assert "You left out 2 questions; they count neither way." in shown.text
    assert "You wear one hat: data analyst" in shown.text


def test_a_role_with_mostly_skipped_questions_is_not_judged(client: Client, bank: Bank):
    skipped = {item.id: "skip" for item in bank.role["ml-engineer"].responsibilities[:2]}
    shown = seen(client, bank, ANALYST | skipped)
    assert "ML engineer too few answers" in between(shown.text, ALL, "How much of each role")


# Results that name no winner


def test_everything_weekly_wears_every_hat(client: Client, bank: Bank):
    shown = seen(client, bank, {}, often="weekly")
    assert "You wear every hat, about equally" in shown.text
    assert "so no role stands out" in shown.text
    assert "Your mix" not in shown.text
    assert percents(shown) == [65] * len(bank.roles)


def test_nothing_at_all_is_little(client: Client, bank: Bank):
    shown = seen(client, bank, {}, often="never")
    assert "Little of this is in your week" in shown.text
    assert "Your mix" not in shown.text
    assert percents(shown) == [0] * len(bank.roles)
    assert "You wear" not in shown.text


def test_half_skipped_names_no_role_and_says_how_many_answers_are_missing(client: Client, bank: Bank):
    skipped = {item.id: "skip" for item in bank.questions_in_order[::2]}
    shown = seen(client, bank, skipped, often="daily")
    assert "Too few answers to name your hats" in shown.text
    total, enough = len(bank.questions_in_order), math.ceil(0.8 * len(bank.questions_in_order))
    said = f"You left out {len(skipped)} of {total} questions. With at least {enough} answers there would be enough"
    assert said in shown.text
    assert "Your mix" not in shown.text
    assert any(href.endswith("/check") for href in shown.values("href"))


def test_little_activity_is_not_called_too_few_answers(client: Client, bank: Bank):
    shown = seen(client, bank, {"insights": "weekly"})
    assert "Little of this is in your week" in shown.text
    assert "Too few answers" not in shown.text


def test_everything_skipped_has_a_page(client: Client, bank: Bank):
    shown = seen(client, bank, {}, often="skip")
    assert f"You left out {len(bank.questions_in_order)} of {len(bank.questions_in_order)} questions." in shown.text
    assert between(shown.text, ALL, "How much of each role").count("too few answers") == len(bank.roles)


# Whom they work with


def test_contacts_are_compared_with_the_usual_ones(client: Client, bank: Bank):
    shown = seen(client, bank, ANALYST, contacts=("data-engineer", "software-engineer"))
    text = between(shown.text, "Whom you work with", "About this result")
    assert "You work at least weekly with data engineers and software engineers." in text
    assert "Usual for this mix, and not among them: data scientists." in text
    assert "Less usual for this mix: your contact with software engineers." in text


def test_without_contacts_there_is_no_section_about_them(client: Client, bank: Bank):
    shown = seen(client, bank, ANALYST)
    assert "Whom you work with" not in shown.text
    assert "Dotted lines: who usually works with whom." in shown.text
    assert not [tag for name, tag in shown.tags if name == "path" and "is-solid" in tag.get("class", "").split()]


@pytest.mark.parametrize("contacts", [(), ("data-analyst",)])
def test_only_reported_contacts_have_solid_lines(client: Client, bank: Bank, contacts):
    shown = seen(client, bank, ENGINEER | OPERATIONS, contacts=contacts)
    solid = [tag for name, tag in shown.tags if name == "path" and "is-solid" in tag.get("class", "").split()]
    assert len(solid) == len(contacts)


def test_a_contact_whose_role_is_no_longer_in_the_bank_is_ignored(app: App, client: Client, bank: Bank):
    own = make_older_response(app, dict.fromkeys(bank.responsibility, "never") | ANALYST)
    app.storage.save_details(
        links.hash_link(own.removeprefix("/r/")),
        contacts=["scribe"],
        title="",
        text="",
        bank="older",
        day=app.today(),
    )
    assert "Whom you work with" not in client.see(own).text


# The whole page


def test_the_role_map_has_a_list_that_says_the_same(client: Client, bank: Bank):
    shown = seen(client, bank, ANALYST, contacts=("data-engineer",))
    twin = between(shown.text, "The same in words", "Which of your answers say so")
    assert "Data analyst, your mix. 100% of it is in your weeks." in twin
    assert "Data engineer. Nothing reported. You work with data engineers." in twin
    assert all(stage.name in twin for stage in bank.stages)


def test_the_result_has_the_owner_link_and_leads_to_deleting(client: Client, bank: Bank):
    own = client.take(dict.fromkeys(bank.responsibility, "weekly"))
    shown = client.see(own)
    assert f"http://localhost{own}" in shown.values("value")
    assert f"{own}/check" in shown.values("href")
    assert f"{own}/manage" in shown.values("href")
    assert f"{own}/delete" in client.see(f"{own}/manage").values("href")


def test_links_begin_with_the_public_url(tmp_path):
    app = create_app({"TESTING": True, "PUBLIC_URL": "http://hats.example.org:8080/"}, instance=tmp_path / "other")
    client = Client(app)
    own = client.start()
    assert f"http://hats.example.org:8080{own}" in client.see(f"{own}/1").values("value")


def test_the_qr_code_is_a_picture_of_the_owner_link(client: Client):
    own, other = client.start(), client.start()
    picture = client.get(f"{own}/qr.svg")
    assert picture.mimetype == "image/svg+xml"
    assert picture.text.startswith("<?xml") or picture.text.startswith("<svg")
    assert picture.data == client.get(f"{own}/qr.svg").data != client.get(f"{other}/qr.svg").data
    assert f"{own}/qr.svg" in client.see(f"{own}/1").values("src")


def test_equal_answers_give_equal_pages_but_for_the_link(client: Client, bank: Bank):
    answers = dict.fromkeys(bank.responsibility, "rarely") | ANALYST
    first, second = client.take(answers), client.take(answers)
    assert (
        client.get(first).text.replace(first, second).replace(first.replace("/", "%2F"), second.replace("/", "%2F"))
        == client.get(second).text
    )
