"""The result page: headline, shares, reasons and table for each kind of result."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest

from quiz import create_app
from quiz.bank import Bank, load
from quiz.config import paths
from quiz.results.mix import MixShare, RoleCard
from quiz.results.result import build_result
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
    return [
        int(figure)
        for figure in re.findall(r"(\d+)%", between(page.text, "100% means all of it", "More about this result"))
    ]


ANALYST = {"insights": "daily", "dashboards": "daily", "trends": "daily"}
ENGINEER = {"pipelines": "daily", "ingest-transform-serve": "daily", "data-quality": "weekly"}
OPERATIONS = {"infrastructure": "daily", "ci-cd": "weekly", "monitoring": "weekly"}


# One role, two roles


def test_the_result_of_a_data_analyst_is_one_role(client: Client, bank: Bank):
    page = result_page(client, bank, ANALYST)
    assert page.title == "You wear one\u00a0hat: data\u00a0analyst – Many Hats"
    assert "You wear one hat: data analyst Clear: with any one answer a step higher or lower" in page.text
    assert bank.role["data-analyst"].purpose in page.text
    assert coverage_percents(page) == [100, 0, 0, 0, 0, 0, 0]


def test_a_role_is_explained_by_its_answers(client: Client, bank: Bank):
    page = result_page(client, bank, ANALYST)
    reasons = between(page.text, "Which answers say so", "Where you stand")
    for item in bank.role["data-analyst"].responsibilities:
        assert f"{item.name} daily or almost daily" in reasons
    assert "never" not in reasons, "only answers of the mix are reasons"


def test_the_result_of_a_data_engineer_who_runs_infrastructure_is_two_roles(client: Client, bank: Bank):
    page = result_page(client, bank, ENGINEER | OPERATIONS)
    assert "You combine data engineer and DevOps/SRE Clear: " in page.text
    mix = between(page.text, "Which answers say so", "Where you stand")
    assert "Data engineer 55%" in mix
    assert "DevOps/SRE 45%" in mix
    assert coverage_percents(page) == [88, 77, 0, 0, 0, 0, 0]


def test_the_answers_of_each_role_are_ordered_by_level(client: Client, bank: Bank):
    page = result_page(client, bank, ENGINEER | OPERATIONS)
    reasons = between(page.text, "Which answers say so", "Where you stand")
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
    table = between(page.text, ALL_ROLES, "More about this result")
    assert all(role.title in table for role in bank.roles)
    assert coverage_percents(page) == sorted(coverage_percents(page), reverse=True)
    rows = [tag for name, tag in page.tags if name == "tr" and tag.get("class", "").startswith("in-mix")]
    assert len(rows) == 1


# Evidence


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"insights": "monthly", "pipelines": "daily"}, "data engineer and data analyst together fit nearly as well."),
        (ENGINEER | {"data-stores": "daily", "pipelines": "rarely"}, "data engineer alone fits nearly as well."),
    ],
)
def test_a_leaning_names_the_other_mix_and_counts_the_changes(client: Client, bank: Bank, answers, expected):
    page = result_page(client, bank, answers)
    chip = f"A leaning: {re.escape(expected)} With one answer a step higher or lower, the result stays the same in "
    assert len(re.findall(chip + r"\d+ of \d+ cases\.", page.text)) == 1
    assert page.values("class").count("certainty") == 1


def test_a_clear_result_that_one_answer_could_change_says_in_how_many_cases(client: Client, bank: Bank):
    page = result_page(
        client,
        bank,
        {"pipelines": "weekly", "ingest-transform-serve": "monthly", "insights": "monthly", "dashboards": "monthly"},
    )
    assert re.search(
        r"Clear: no other mix fits nearly as well\. With one answer .* stays the same in \d+ of \d+ cases\.", page.text
    )


def test_a_result_that_is_clear_in_every_case_says_so_in_one_sentence(client: Client, bank: Bank):
    page = result_page(client, bank, ANALYST)
    sentence = (
        r"Clear: with any one answer a step higher or lower, the result stays the same \((\d+) of (\d+) cases\)\."
    )
    unchanged, tried = re.search(sentence, page.text).groups()  # type: ignore[union-attr]
    assert unchanged == tried


def test_a_tie_says_so_and_shows_the_role_of_one_mix_only_as_tentative(client: Client, bank: Bank):
    page = result_page(client, bank, {"insights": "monthly", "pipelines": "weekly"})
    assert "Data engineer, and perhaps data analyst" in page.text
    assert "A tie: both mixes fit about equally well." in page.text
    assert re.search(r"the same one of them stays slightly ahead in \d+ of \d+ cases\.", page.text)
    assert "to the nearest 5%, not of time; they include data analyst." in page.text
    tentative = [style for style in page.values("class") if "is-tentative" in style]
    # The card, the part of the shelf and the circle on the map.
    assert [style.split()[0] for style in tentative] == ["shelf-part", "role-card", "role-map-node"]
    card = between(page.text, "Data analyst 35%", "Where you stand")
    assert "Only one of the two mixes has this role." in card


@pytest.mark.parametrize(
    ("mix", "alternative", "expected"),
    [
        (["a", "b"], ["a"], "A, and perhaps b"),
        (["a"], ["a", "b", "c"], "A, and perhaps b and c"),
        (["a", "b"], ["a", "c"], "A, with b or c"),
        (["a"], ["b"], "A or b"),
        (["a", "b", "c"], ["a", "b", "c", "d"], "You wear three\u00a0hats, perhaps four"),
        (["a", "b", "c", "d", "e"], ["a", "b", "c", "d"], "You wear four\u00a0hats, perhaps five"),
        (["a", "b", "c"], ["a", "b", "d"], "You wear three\u00a0hats, in one of two combinations"),
        (["a", "b", "c"], ["d"], "You wear one\u00a0hat, perhaps three"),
    ],
)
def test_a_tie_names_up_to_three_roles_and_counts_more(app: App, bank: Bank, mix, alternative, expected):
    role = bank.roles[0]
    roles = {name: replace(role, id=name, name=name) for name in "abcde"}
    result = build_result(bank, app.scoring_model, dict.fromkeys(bank.responsibility, "never"))
    tie = replace(
        result,
        kind="tie",
        shares=tuple(MixShare(roles[name], 50, ()) for name in mix),
        cards=tuple(RoleCard(roles[name], None, (), False) for name in sorted({*mix, *alternative})),
        alternative_mix=tuple(roles[name] for name in alternative),
    )
    template = app.jinja_env.from_string('{% from "result/_headline.html" import headline %}{{ headline(tie) }}')
    assert template.render(tie=tie) == expected


def test_four_roles_are_counted_in_the_headline_and_named_on_cards_of_which_the_fourth_is_folded(
    client: Client, bank: Bank
):
    roles = ("data-engineer", "data-architect", "software-engineer", "ml-engineer")
    page = result_page(client, bank, {item.id: "daily" for role in roles for item in bank.role[role].responsibilities})
    assert page.title == "You wear four\u00a0hats – Many Hats"
    cards = [(tag, attributes) for tag, attributes in page.tags if "role-card" in attributes.get("class", "").split()]
    assert [tag for tag, _ in cards] == ["div", "div", "div", "details"]
    named = between(page.text, "Which answers say so", "Where you stand")
    assert all(f"{bank.role[role].title} 25%" in named for role in roles)


def test_the_closest_role_is_named_with_the_answer_that_would_add_it(client: Client, bank: Bank):
    answers = dict.fromkeys(bank.responsibility, "never") | {"insights": "monthly", "pipelines": "daily"}
    owner_path = client.take(answers)
    sentence = between(client.see(owner_path).text, "One higher answer would add ", " it would be in the mix")
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
    assert "2 questions were left out; they count neither for nor against anything." in page.text
    assert "You wear one hat: data analyst" in page.text


def test_a_role_with_mostly_skipped_questions_is_not_judged(client: Client, bank: Bank):
    skipped = {item.id: "skip" for item in bank.role["ml-engineer"].responsibilities[:2]}
    page = result_page(client, bank, ANALYST | skipped)
    assert "ML engineer too few answers" in between(page.text, ALL_ROLES, "More about this result")


# Results without a mix


def test_answering_weekly_everywhere_covers_every_role_equally(client: Client, bank: Bank):
    page = result_page(client, bank, {}, often="weekly")
    assert "You wear every hat, about equally" in page.text
    assert "You do 65% of each role, so no role stands out." in page.text
    assert page.values("class").count("shelf-hat") == 0  # the class has two names
    assert sum("shelf-hat" in style.split() for style in page.values("class")) == len(bank.roles)
    assert "What you do most often" not in page.text
    assert_no_charts_of_roles(page)


def test_if_no_role_stands_out_the_things_done_most_and_least_often_are_named(client: Client, bank: Bank):
    answers = {role.responsibilities[0].id: "daily" for role in bank.roles}
    answers |= {role.responsibilities[1].id: "weekly" for role in bank.roles}
    page = result_page(client, bank, answers, often="monthly")
    assert "You wear every hat, about equally" in page.text
    most = between(page.text, "What you do most often", "What you do least often")
    least = between(page.text, "What you do least often", "More about this result")
    assert (most.count("daily or almost daily"), least.count("about monthly")) == (3, 3)


def test_answering_never_everywhere_is_little_activity(client: Client, bank: Bank):
    owner_path = client.take(dict.fromkeys(bank.responsibility, "never"))
    page = client.see(owner_path)
    assert "You do little of this work" in page.text
    assert "You wear" not in page.text
    assert "What you do of it" not in page.text
    assert "Work that is not asked about here" in page.text
    assert f"{owner_path}/more" in page.values("href")
    assert_no_charts_of_roles(page)


def test_little_activity_names_what_there_is(client: Client, bank: Bank):
    page = result_page(client, bank, {"insights": "rarely", "dashboards": "monthly"})
    reported = between(page.text, "What you do of it", "Work that is not asked about here")
    names_in_order = [bank.responsibility[id].name for id in ("dashboards", "insights")]
    assert re.fullmatch(rf" {names_in_order[0]} .*{names_in_order[1]} .*", reported)


def assert_no_charts_of_roles(page: Page) -> None:
    """The page has no map, no bars, no cards, and no closest role."""
    assert not {"role-map", "role-card", "note closest-role"} & set(page.values("class"))
    assert ALL_ROLES not in page.text
    assert "One higher answer would add" not in page.text


def test_with_half_of_the_questions_skipped_the_page_says_how_many_answers_are_needed(client: Client, bank: Bank):
    skipped = {item.id: "skip" for item in bank.questions_in_order[::2]}
    page = result_page(client, bank, skipped, often="daily")
    assert "Too few answers to name your hats" in page.text
    total, enough = len(bank.questions_in_order), math.ceil(0.8 * len(bank.questions_in_order))
    sentence = f"You left out {len(skipped)} of {total} questions. With at least {enough} answers there would be enough"
    assert sentence in page.text
    left_out = between(page.text, "What you left out", "More about this result")
    assert all(bank.responsibility[id].name in left_out for id in skipped)
    assert f"Answer the {len(skipped)} you left out" in page.text
    assert "role-map" not in page.values("class")


def test_with_too_few_answers_the_bars_are_those_of_the_roles_with_enough(client: Client, bank: Bank):
    answers = {item.id: "daily" for item in bank.role["data-engineer"].responsibilities}
    page = result_page(client, bank, answers, often="skip")
    bars = between(page.text, "The roles with enough answers", "More about this result")
    assert "Data engineer 100%" in bars
    assert "Data analyst" not in bars


def test_little_activity_is_not_called_too_few_answers(client: Client, bank: Bank):
    page = result_page(client, bank, {"insights": "weekly"})
    assert "You do little of this work" in page.text
    assert "Too few answers" not in page.text


def test_a_response_with_every_question_skipped_has_a_page(client: Client, bank: Bank):
    page = result_page(client, bank, {}, often="skip")
    assert f"You left out {len(bank.questions_in_order)} of {len(bank.questions_in_order)} questions." in page.text
    assert_no_charts_of_roles(page)


# Contacts


def test_the_finding_says_whom_a_person_works_with_and_what_is_unusual(client: Client, bank: Bank):
    page = result_page(client, bank, ANALYST, contacts=("data-engineer", "software-engineer"))
    text = between(page.text, "Where you stand in the flow of data", ALL_ROLES)
    assert text.startswith(
        " Your role is in “Use”. Before you in the flow, you work with software engineers and data engineers. "
    )
    assert "Usual for this mix, and not among these contacts: data scientists." in text
    assert "Less usual for this mix: contact with software engineers." in text


def test_the_finding_has_a_sentence_for_each_side_of_a_mix(client: Client, bank: Bank):
    contacts = ("software-engineer", "data-architect", "data-scientist")
    page = result_page(client, bank, ENGINEER | OPERATIONS, contacts=contacts)
    assert (
        "All of your mix is in “Move and shape”. Before you in the flow, you work with software engineers. "
        "In the same stage, you work with data architects. After you in the flow, you work with data scientists."
    ) in page.text


def test_a_mix_of_several_stages_names_them_and_the_contacts_between(client: Client, bank: Bank):
    page = result_page(client, bank, ANALYST | ENGINEER, contacts=("data-scientist",))
    assert (
        "Your mix is in “Move and shape” and “Use”. From “Move and shape” to “Use”, you work with data scientists."
    ) in page.text


def test_without_contacts_nothing_is_said_about_them(client: Client, bank: Bank):
    page = result_page(client, bank, ANALYST)
    assert "you work with" not in between(page.text, "Where you stand", "More about this result")
    assert "role-map-edge" not in page.values("class")


def test_a_result_without_a_mix_names_the_contacts(client: Client, bank: Bank):
    page = result_page(client, bank, {}, contacts=("data-analyst",))
    assert "You work at least weekly with data analysts." in page.text


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
        day=app.today(),
    )
    assert "you work with" not in client.see(owner_path).text


# The whole page


def test_many_missing_contacts_are_not_listed(client: Client, bank: Bank):
    page = result_page(client, bank, ENGINEER, contacts=("data-analyst",))
    assert "After you in the flow, you work with data analysts." in page.text
    assert "not among these contacts" not in page.text


def test_no_sentence_repeats_the_bars_of_roles_without_activity(client: Client, bank: Bank):
    page = result_page(client, bank, ANALYST)
    assert "You reported nothing of" not in page.text


def test_each_picture_has_one_kind_of_percentage(client: Client, bank: Bank):
    html = result_html(client, bank, ENGINEER | OPERATIONS)
    assert re.search(r"Data engineer <span[^>]*>\d+%", between(html, 'id="cards-title"', "Where you stand"))
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


def test_the_shelf_shows_the_shares_of_the_cards(client: Client, bank: Bank):
    html = result_html(client, bank, ENGINEER | OPERATIONS | {"insights": "daily", "dashboards": "weekly"})
    on_shelf = re.findall(r">\s*(\d+)%</text>", between(html, '<svg class="shelf"', "<h1>"))
    on_cards = re.findall(r'"role-card-share">(\d+)%', html)
    assert len(on_cards) > 1
    assert on_shelf == on_cards
    label = between(html, 'role="img" aria-label="', '"')
    assert re.findall(r"(\d+)%", label) == on_cards


def test_a_single_role_has_a_shelf_without_a_number(client: Client, bank: Bank):
    html = result_html(client, bank, ANALYST)
    assert "%" not in between(html, '<svg class="shelf"', "</header>")
    assert "role-card-share" not in html


def test_never_and_left_out_are_drawn_with_different_signs(client: Client, bank: Bank):
    html = result_html(client, bank, {"pipelines": "skip", "insights": "daily"})
    table = between(html, "All answers, role by role", "</details>")
    rows = {
        re.sub(r"<[^>]*>", "", between(row, '<span class="answer-name">', "</span>")): row
        for row in table.split("<li>")[1:]
    }
    never, left_out = rows[bank.responsibility["dashboards"].name], rows[bank.responsibility["pipelines"].name]
    daily = rows[bank.responsibility["insights"].name]
    count = len(bank.scale) - 1
    assert [row.count("is-filled") for row in (never, left_out, daily)] == [0, 0, count]
    assert [row.count("is-empty") for row in (never, left_out, daily)] == [count, 0, 0]
    assert [row.count("is-left-out") for row in (never, left_out, daily)] == [0, 1, 0]


def test_the_role_map_has_a_list_with_the_same_content(client: Client, bank: Bank):
    page = result_page(client, bank, ANALYST, contacts=("data-engineer",))
    list_text = between(page.text, "The same in words", ALL_ROLES)
    assert "Data analyst, in the mix. 100% of it is done." in list_text
    assert "Data engineer. None of it is done. Contact with data engineers." in list_text
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


def test_the_whole_row_of_an_answer_is_the_link_to_its_question(client: Client, bank: Bank):
    html = result_html(client, bank, ANALYST)
    cards = between(html, 'class="role-cards"', "</section>")
    rows = re.findall(r'<li><a class="answer-row" href="[^"]+#([a-z-]+)">(.*?)</a></li>', cards, re.S)
    assert {id for id, _ in rows} == set(ANALYST)
    for id, row in rows:
        assert bank.responsibility[id].name in row
        assert "daily or almost daily" in row
    assert cards.count("<li>") == len(rows)


def test_three_ways_lead_on_from_the_result(client: Client, bank: Bank):
    owner_path = client.take(dict.fromkeys(bank.responsibility, "never") | ANALYST)
    ways = between(client.get(owner_path).text, '<nav class="ways-on"', "</nav>")
    addresses = re.findall(r'href="([^"]+)"', ways)
    assert addresses[:3] == [f"{owner_path}/{page}" for page in ("conversation", "goals", "manage")]
    titles = re.findall(r"<strong>([^<]+)", ways)
    assert titles[:3] == ["Prepare a conversation", "Enter wishes and goals", "Share this result"]
    assert len(titles) == len(addresses)
