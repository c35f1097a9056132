"""The result page: headline, shares, reasons and table for each kind of result."""

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

#: The heading of the table of all roles.
ALL_ROLES = f"All {len(load(paths.project_folder('questions')).roles)} roles"


def result_page(
    client: Client, bank: Bank, answers: dict[str, str], *, often: str = "never", contacts: tuple[str, ...] = ()
) -> Page:
    """The result page for these answers, with `often` for all other questions."""
    return client.see(client.take(dict.fromkeys(bank.responsibility, often) | answers, contacts=list(contacts)))


def result_html(client: Client, bank: Bank, answers: dict[str, str], *, often: str = "never") -> str:
    """The same page as HTML."""
    return client.get(client.take(dict.fromkeys(bank.responsibility, often) | answers)).text


def between(text: str, start: str, end: str) -> str:
    """The part of a text between `start` and `end`."""
    return text.split(start, 1)[1].split(end, 1)[0]


def coverage_percents(page: Page) -> list[int]:
    """The percentages in the table of all roles, from the first row to the last."""
    return [int(figure) for figure in re.findall(r"(\d+)%", between(page.text, ALL_ROLES, "How much of each role"))]


ANALYST = {"insights": "daily", "dashboards": "daily", "trends": "daily"}
ENGINEER = {"pipelines": "daily", "ingest-transform-serve": "daily", "data-quality": "weekly"}
OPERATIONS = {"infrastructure": "daily", "ci-cd": "weekly", "monitoring": "weekly"}


# One role, two roles


def test_the_result_of_a_data_analyst_is_one_role(client: Client, bank: Bank):
    page = result_page(client, bank, ANALYST)
    assert page.title == "You wear one\u00a0hat: data\u00a0analyst – Many Hats"
    assert "You wear one hat: data analyst Your answers point clearly to this role." in page.text
    assert bank.role["data-analyst"].purpose in page.text
    assert coverage_percents(page) == [100, 0, 0, 0, 0, 0, 0]


def test_a_role_is_explained_by_its_answers(client: Client, bank: Bank):
    page = result_page(client, bank, ANALYST)
    reasons = between(page.text, "Which of your answers say so", ALL_ROLES)
    for item in bank.role["data-analyst"].responsibilities:
        assert f"{item.name} daily or almost daily" in reasons
    assert "never" not in reasons, "only answers of the mix are reasons"


def test_the_result_of_a_data_engineer_who_runs_infrastructure_is_two_roles(client: Client, bank: Bank):
    page = result_page(client, bank, ENGINEER | OPERATIONS)
    assert "You combine data engineer and DevOps/SRE Your answers point clearly to this mix." in page.text
    mix = between(page.text, "Your mix", "Where you stand")
    assert "Data engineer 55%" in mix
    assert "DevOps/SRE 45%" in mix
    assert coverage_percents(page) == [88, 77, 0, 0, 0, 0, 0]


def test_the_answers_of_each_role_are_ordered_by_level(client: Client, bank: Bank):
    page = result_page(client, bank, ENGINEER | OPERATIONS)
    reasons = between(page.text, "Which of your answers say so", ALL_ROLES)
    order = ["Data engineer", *names(bank, "pipelines", "ingest-transform-serve", "data-quality")]
    order += ["DevOps/SRE", *names(bank, "infrastructure", "ci-cd", "monitoring")]
    places = [reasons.index(name) for name in order]
    assert places == sorted(places)


def names(bank: Bank, *questions: str) -> list[str]:
    """The names of these responsibilities."""
    return [bank.responsibility[id].name for id in questions]


def test_every_answer_links_to_its_question(client: Client, bank: Bank):
    owner_path = client.take(dict.fromkeys(bank.responsibility, "never") | ANALYST)
    linked = set(client.see(owner_path).values("href"))
    for number, items in enumerate(bank.pages, 1):
        assert {f"{owner_path}/{number}#{item.id}" for item in items} <= linked


def test_the_table_has_every_role_ordered_by_coverage(client: Client, bank: Bank):
    page = result_page(client, bank, ENGINEER, often="rarely")
    table = between(page.text, ALL_ROLES, "How much of each role")
    assert all(role.title in table for role in bank.roles)
    assert coverage_percents(page) == sorted(coverage_percents(page), reverse=True)
    rows = [tag for name, tag in page.tags if name == "tr" and tag.get("class") == "in-mix"]
    assert len(rows) == 1


# Evidence


def test_a_leaning_is_named_as_one(client: Client, bank: Bank):
    page = result_page(client, bank, {"insights": "monthly", "pipelines": "daily"})
    assert "You wear one hat: data engineer Your answers lean this way" in page.text


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"insights": "monthly", "pipelines": "daily"}, "data engineer and data analyst together fit nearly as well."),
        (ENGINEER | {"data-stores": "daily", "pipelines": "rarely"}, "data engineer alone fits nearly as well."),
    ],
)
def test_a_leaning_names_the_other_mix(client: Client, bank: Bank, answers, expected):
    page = result_page(client, bank, answers)
    assert f"Your answers lean this way; {expected}" in page.text


def test_a_leaning_says_once_how_sure_it_is(client: Client, bank: Bank):
    page = result_page(client, bank, {"insights": "monthly", "pipelines": "daily"})
    sure = between(page.text, "How sure this is", "Closest role")
    assert re.fullmatch(
        r" If any one answer were a step higher or lower, the mix would stay the same in \d+ of \d+ cases\. ", sure
    )


def test_a_tie_names_both_mixes(client: Client, bank: Bank):
    page = result_page(client, bank, {"insights": "monthly", "pipelines": "weekly"})
    assert "A tie: data engineer, with or without data analyst Both fit your answers about equally well." in page.text
    assert "The rest of this page includes data analyst." in page.text
    sure = between(page.text, "How sure this is", "Closest role")
    assert "You are between two mixes." in sure
    assert re.search(r"the same one of the two would still fit slightly better in \d+ of \d+ cases", sure)
    assert "the mix would" not in sure


@pytest.mark.parametrize(
    ("mix", "alternative", "expected"),
    [
        (["a", "b"], ["a"], "A tie: a, with or without b"),
        (["a"], ["a", "b", "c"], "A tie: a, with or without b and c"),
        (["a", "b"], ["a", "c"], "A tie: a, with b or c"),
        (["a"], ["b"], "A tie: a or b"),
    ],
)
def test_a_tie_names_shared_roles_once(app: App, bank: Bank, mix, alternative, expected):
    role = bank.roles[0]
    roles = {name: replace(role, id=name, name=name) for name in "abc"}
    result = build_result(bank, app.scoring_model, dict.fromkeys(bank.responsibility, "never"))
    tie = replace(
        result,
        kind="tie",
        shares=tuple(MixShare(roles[name], 50, 0, ()) for name in mix),
        alternative_mix=tuple(roles[name] for name in alternative),
    )
    template = app.jinja_env.from_string('{% from "result/_headline.html" import headline %}{{ headline(tie) }}')
    assert template.render(tie=tie) == expected


def test_the_closest_role_is_named_with_the_answer_that_would_add_it(client: Client, bank: Bank):
    answers = dict.fromkeys(bank.responsibility, "never") | {"insights": "monthly", "pipelines": "daily"}
    owner_path = client.take(answers)
    sentence = between(
        client.see(owner_path).text, "Closest role that is not in your mix: ", " it would be in your mix"
    )
    role, name, higher_answer, current_answer = re.fullmatch(
        r"(.*)\. With “(.*)” at “(.*)” instead of “(.*)”,", sentence
    ).groups()  # type: ignore[union-attr]
    item = next(item for item in bank.questions_in_order if item.name == name)
    option = next(option for option in bank.scale if option.phrase == higher_answer)
    assert bank.option[answers[item.id]].phrase == current_answer
    changed = client.take(answers | {item.id: option.id})
    assert role in client.see(changed).title.replace("\u00a0", " ")


def test_the_number_of_skipped_questions_is_shown(client: Client, bank: Bank):
    page = result_page(client, bank, ANALYST | {"pipelines": "skip", "governance": "skip"})
    assert "You left out 2 questions; they count neither way." in page.text
    assert "You wear one hat: data analyst" in page.text


def test_a_role_with_mostly_skipped_questions_is_not_judged(client: Client, bank: Bank):
    skipped = {item.id: "skip" for item in bank.role["ml-engineer"].responsibilities[:2]}
    page = result_page(client, bank, ANALYST | skipped)
    assert "ML engineer too few answers" in between(page.text, ALL_ROLES, "How much of each role")


# Results without a mix


def test_answering_weekly_everywhere_covers_every_role_equally(client: Client, bank: Bank):
    page = result_page(client, bank, {}, often="weekly")
    assert "You wear every hat, about equally" in page.text
    assert "so no role stands out" in page.text
    assert "Your mix" not in page.text and "Your role" not in page.text
    assert coverage_percents(page) == [65] * len(bank.roles)


def test_answering_never_everywhere_is_little_activity(client: Client, bank: Bank):
    page = result_page(client, bank, {}, often="never")
    assert "You do little of this work" in page.text
    assert "Your mix" not in page.text and "Your role" not in page.text
    assert coverage_percents(page) == [0] * len(bank.roles)
    assert "You wear" not in page.text


def test_with_half_of_the_questions_skipped_the_page_says_how_many_answers_are_needed(client: Client, bank: Bank):
    skipped = {item.id: "skip" for item in bank.questions_in_order[::2]}
    page = result_page(client, bank, skipped, often="daily")
    assert "Too few answers to name your hats" in page.text
    total, enough = len(bank.questions_in_order), math.ceil(0.8 * len(bank.questions_in_order))
    sentence = f"You left out {len(skipped)} of {total} questions. With at least {enough} answers there would be enough"
    assert sentence in page.text
    assert "Your mix" not in page.text and "Your role" not in page.text
    assert any(href.endswith("/check") for href in page.values("href"))


def test_little_activity_is_not_called_too_few_answers(client: Client, bank: Bank):
    page = result_page(client, bank, {"insights": "weekly"})
    assert "You do little of this work" in page.text
    assert "Too few answers" not in page.text


def test_a_response_with_every_question_skipped_has_a_page(client: Client, bank: Bank):
    page = result_page(client, bank, {}, often="skip")
    assert f"You left out {len(bank.questions_in_order)} of {len(bank.questions_in_order)} questions." in page.text
    assert between(page.text, ALL_ROLES, "How much of each role").count("too few answers") == len(bank.roles)


# Contacts


def test_contacts_are_compared_with_the_usual_contacts_of_the_mix(client: Client, bank: Bank):
    page = result_page(client, bank, ANALYST, contacts=("data-engineer", "software-engineer"))
    text = between(page.text, "Whom you work with", "About this result")
    assert "You work at least weekly with data engineers and software engineers." in text
    assert "Usual for this mix, and not among them: data scientists." in text
    assert "Less usual for this mix: your contact with software engineers." in text


def test_without_contacts_there_is_no_section_about_them(client: Client, bank: Bank):
    page = result_page(client, bank, ANALYST)
    assert "Whom you work with" not in page.text
    assert "Lines: people you work with." not in page.text
    assert "role-map-edge" not in page.values("class")


@pytest.mark.parametrize("contacts", [(), ("data-analyst",)])
def test_only_reported_contacts_have_lines(client: Client, bank: Bank, contacts):
    page = result_page(client, bank, ENGINEER | OPERATIONS, contacts=contacts)
    assert page.values("class").count("role-map-edge") == len(contacts)


def test_a_contact_whose_role_is_no_longer_in_the_bank_is_ignored(app: App, client: Client, bank: Bank):
    owner_path = make_older_response(app, dict.fromkeys(bank.responsibility, "never") | ANALYST)
    app.storage.save_details(
        links.hash_link(owner_path.removeprefix("/r/")),
        contacts=["scribe"],
        title="",
        text="",
        bank="older",
        day=app.today(),
    )
    assert "Whom you work with" not in client.see(owner_path).text


# The whole page


def test_many_missing_contacts_are_not_listed(client: Client, bank: Bank):
    page = result_page(client, bank, ENGINEER, contacts=("data-analyst",))
    text = between(page.text, "Whom you work with", "About this result")
    assert "You work at least weekly with data analysts." in text
    assert "not among them" not in text


def test_no_sentence_repeats_the_bars_of_roles_without_activity(client: Client, bank: Bank):
    page = result_page(client, bank, ANALYST)
    assert "You reported nothing of" not in page.text


def test_each_picture_has_one_kind_of_percentage(client: Client, bank: Bank):
    html = result_html(client, bank, ENGINEER | OPERATIONS)
    assert re.search(r"Data engineer \d+%", between(html, "Your mix</h2>", "Where you stand"))
    assert "%" not in re.sub(r"<[^>]*>", "", between(html, '<svg class="role-map"', "</svg>\n    "))
    assert "% of your mix" not in html


# Geometry


def bar_of(row: str) -> float | None:
    """How much of its track the bar of a table row fills, 0 to 1; None if the row has no track."""
    if "result-bar-track" not in row:
        assert "result-bar-unknown" in row
        return None
    width = re.search(r'class="result-bar-fill" width="([\d.]+)"', row)
    return float(width[1]) / 100 if width else 0.0


@pytest.mark.parametrize("answer", ["rarely", "weekly", "daily", "skip"])
def test_every_bar_is_as_long_as_its_number(client: Client, bank: Bank, answer):
    html = result_html(client, bank, ENGINEER | {item.id: answer for item in bank.roles[0].responsibilities})
    rows = between(between(html, 'aria-labelledby="bars-title"', "</table>"), "<tbody>", "</tbody>").split("</tr>")
    for row in rows[:-1]:
        number = re.search(r"(\d+)%</td>", row)
        assert bar_of(row) == (int(number[1]) / 100 if number else None)


def test_the_mix_bar_is_filled_by_the_shares(client: Client, bank: Bank):
    html = result_html(client, bank, ENGINEER | OPERATIONS | {"insights": "daily", "dashboards": "weekly"})
    bar = between(html, '<svg class="mix-bar"', "</svg>")
    ends = [float(x) + float(width) for x, width in re.findall(r'x="([\d.]+)" y="0" width="([\d.]+)"', bar)]
    percents = [
        int(percent) for percent in re.findall(r"(\d+)%", between(html, "Your mix</h2>", "Shares of the activity"))
    ]
    assert len(percents) > 1
    assert ends == pytest.approx([sum(percents[: n + 1]) for n in range(len(percents))])


def test_never_and_left_out_are_drawn_with_different_signs(client: Client, bank: Bank):
    html = result_html(client, bank, {"pipelines": "skip", "insights": "daily"})
    table = between(html, "All your answers, role by role", "</details>")
    rows = {re.sub(r"<[^>]*>", "", between(row, "<span>", "</span>")): row for row in table.split("<li>")[1:]}
    never, left_out = rows[bank.responsibility["dashboards"].name], rows[bank.responsibility["pipelines"].name]
    daily = rows[bank.responsibility["insights"].name]
    count = len(bank.scale) - 1
    assert [row.count("is-filled") for row in (never, left_out, daily)] == [0, 0, count]
    assert [row.count("is-empty") for row in (never, left_out, daily)] == [count, 0, 0]
    assert [row.count("is-left-out") for row in (never, left_out, daily)] == [0, 1, 0]


def test_the_role_map_has_a_list_with_the_same_content(client: Client, bank: Bank):
    page = result_page(client, bank, ANALYST, contacts=("data-engineer",))
    list_text = between(page.text, "The same in words", "Which of your answers say so")
    assert "Data analyst, in your mix. You do 100% of it." in list_text
    assert "Data engineer. You do none of it. You work with data engineers." in list_text
    assert all(stage.name in list_text for stage in bank.stages)


def test_the_result_has_the_owner_link_and_leads_to_the_delete_page(client: Client, bank: Bank):
    owner_path = client.take(dict.fromkeys(bank.responsibility, "weekly"))
    page = client.see(owner_path)
    assert f"http://localhost{owner_path}" in page.values("value")
    assert f"{owner_path}/check" in page.values("href")
    assert f"{owner_path}/manage" in page.values("href")
    assert f"{owner_path}/delete" in client.see(f"{owner_path}/manage").values("href")


def test_links_begin_with_the_public_url(tmp_path):
    app = create_app({"TESTING": True, "PUBLIC_URL": "http://hats.example.org:8080/"}, instance=tmp_path / "other")
    client = Client(app)
    owner_path = client.start()
    assert f"http://hats.example.org:8080{owner_path}" in client.see(f"{owner_path}/1").values("value")


def test_the_qr_code_is_an_image_of_the_owner_link(client: Client):
    owner_path, other = client.start(), client.start()
    image = client.get(f"{owner_path}/qr.svg")
    assert image.mimetype == "image/svg+xml"
    assert image.text.startswith("<?xml") or image.text.startswith("<svg")
    assert image.data == client.get(f"{owner_path}/qr.svg").data != client.get(f"{other}/qr.svg").data
    assert f"{owner_path}/qr.svg" in client.see(f"{owner_path}/1").values("src")


def test_equal_answers_give_equal_pages_except_for_the_link(client: Client, bank: Bank):
    answers = dict.fromkeys(bank.responsibility, "rarely") | ANALYST
    first, second = client.take(answers), client.take(answers)
    assert (
        client.get(first).text.replace(first, second).replace(first.replace("/", "%2F"), second.replace("/", "%2F"))
        == client.get(second).text
    )
