"""Free text: how words become comparable, which roles a text is matched with, and that no text breaks it."""

import json
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest

from benchmarks import personas
from quiz.bank import Bank, OtherWork
from quiz.text import matcher
from quiz.text.tokenizer import features, stems
from quiz.text.vocabulary import role_stems

ETL = "Rebuilt the nightly load: ingest the files, clean and join them, publish tables. The Airflow DAG failed twice."


@pytest.fixture(scope="module")
def text_matcher(bank: Bank) -> matcher.TextMatcher:
    return matcher.matcher_for(bank)


def closest_role(match: matcher.TextMatch) -> str:
    return personas.ranked_roles(match)[0]


def run_in_new_process(code: str) -> str:
    """What `code` prints in a new process."""
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


# How words become comparable


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("dashboard", "Dashboards"),
        ("query", "queries"),
        ("optimise", "optimization"),
        ("analyse", "analyzing"),
        ("data modelling", "data modeling"),
        ("labelled", "labeled"),
        ("behaviour", "behavior"),
        ("catalogue", "catalog"),
        ("data centre", "data center"),
        ("licence", "license"),
        ("API", "APIs"),
        ("GPU", "GPUs"),
        ("code", "coding"),
        ("deploys", "deployed"),
        ("back-end", "back end"),
        ("front-end", "FRONTEND"),
        ("data set", "datasets"),
        ("on-call", "on call"),
        ("CI/CD", "ci - cd"),
        ("machine learning", "ML"),
        ("Kubernetes", "k8s"),
        ("databases", "DBs"),
        ("visualise", "viz"),
        ("Node.js", "nodejs"),
        ("React.js", "react"),
        ("A/B test", "AB tests"),
        ("ETL/ELT", "ETL, ELT"),
        ("team’s model", "team's models"),
        ("one-to-ones", "1:1s"),
        ("one-on-one", "1-on-1s"),
        ("1on1", "1-1s"),
    ],
)
def test_forms_and_spellings_of_one_word_have_one_stem(one, other):
    assert stems(one) == stems(other) != []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C++, C# and .NET", ["cplusplus", "csharp", "dotnet"]),
        ("C, R; R&D, vitamin c", ["clanguage", "rlanguage", "", "vitamin"]),
        ("plan A/B testing, 24/7", ["plan", "abtest", "test", "roundtheclock"]),
        ("5 of 12 in 2024", []),
        ("<td class='x'>table</td>", ["", "tabl", ""]),
    ],
)
def test_special_names_numbers_and_tags_are_not_split_like_other_words(text, expected):
    assert stems(text) == expected


@pytest.mark.parametrize("words", [("mining", "minute"), ("market", "marketing"), ("program", "programming")])
def test_different_words_have_different_stems(words):
    assert len({stems(word)[0] for word in words}) == 2


def test_a_phrase_counts_in_either_order_but_not_across_a_stop():
    assert "model train" in features(stems("trained the model")) and "model train" in features(stems("model training"))
    assert "model train" not in features(stems("We trained. The model was old."))


def test_everyday_words_count_only_within_phrases():
    assert features(stems("team")) == []
    assert features(stems("a model")) == []
    assert features(stems("dbt model")) == ["dbt", "dbt model"]
    assert features(stems("release team")) == ["releas", "releas team"]


# Which roles a text is matched with


def test_personas_are_matched_with_the_roles_that_a_reader_would_name(text_matcher):
    people = personas.people()
    result = personas.figures(people, text_matcher.match_all([person.week for person in people]))
    assert result.top >= 0.97
    assert result.both >= 0.92
    assert result.recognised >= 0.93
    assert result.refused >= result.others - 2 >= 20


def test_the_personas_cover_every_role_and_every_pair(bank):
    people = [person.roles for person in personas.people()]
    for role in bank.roles:
        assert {role.id} in people
        for other in bank.roles:
            assert {role.id, other.id} in people


def test_the_most_similar_responsibility_is_the_one_that_the_text_is_about(text_matcher):
    texts_by_responsibility = {
        "pipelines": "Kafka and Airflow: streaming and batch jobs, orchestration, a backfill.",
        "data-quality": "Added row count checks, found duplicates, and traced missing rows to a failed load.",
        "dashboards": "A new page in the Power BI dashboard, and the monthly report with its KPIs.",
        "governance": "Settled definitions for the glossary with data owners; a retention rule for personal data.",
        "monitoring": "On call: two incidents, a postmortem, alerts tuned in Grafana.",
        "code-quality": "Refactoring and unit tests, code review of three pull requests.",
        "model-optimisation": "Quantised the network, batched requests, GPU memory down, inference latency halved.",
    }
    for match, responsibility in zip(
        text_matcher.match_all(list(texts_by_responsibility.values())), texts_by_responsibility, strict=True
    ):
        assert max(match.responsibilities, key=match.responsibilities.__getitem__) == responsibility


def test_case_and_spacing_of_a_text_do_not_matter(text_matcher):
    upper_case = text_matcher.match(ETL.upper().replace(" ", "\t  ")).roles
    assert upper_case == pytest.approx(text_matcher.match(ETL).roles)


def test_repeating_a_text_changes_little(text_matcher):
    once, repeated = text_matcher.match(ETL).roles, text_matcher.match("\n".join([ETL] * 50)).roles
    assert repeated == pytest.approx(once, abs=0.02)


def test_many_texts_at_once_are_matched_as_one_by_one(text_matcher):
    texts = [person.week for person in personas.people()]
    together = text_matcher.match_all(texts)
    assert len(together) == len(texts)
    for text, match in zip(texts[:5], together, strict=False):
        alone = text_matcher.match(text)
        assert alone.recognised == match.recognised
        assert alone.roles == pytest.approx(match.roles)
    assert text_matcher.match_all([]) == []


def test_a_role_is_similar_only_if_a_word_matches(text_matcher):
    match = text_matcher.match("TogetherWeCan xylophone 12 the")
    assert set(match.roles.values()) == set(match.responsibilities.values()) == {0.0}
    assert sum(score > 0 for score in text_matcher.match("Terragrunt, Ansible playbook").roles.values()) < len(
        match.roles
    )


@pytest.mark.parametrize(
    "text",
    [
        "Diese Woche habe ich den Kuchen gebacken, die Kinder abgeholt und abends im Chor gesungen.",
        "Cette semaine, réunions avec les fournisseurs, puis j'ai préparé les commandes et rangé la réserve.",
        "Esta semana he visitado a tres clientes y he preparado el pedido de la primavera.",
        "この一週間は会議が多かった。",
        "هذا الأسبوع كتبت رسائل كثيرة وحضرت اجتماعات طويلة.",
        "השבוע אפיתי לחם ונסעתי לים.",
        "",
        "   \n\t ",
        "😀🎉👩‍💻" * 200,
        "data",
        "my team and I did a lot of work",
    ],
)
def test_a_text_without_known_words_is_no_match(text_matcher, text):
    assert not text_matcher.match(text).recognised


def test_a_text_in_another_language_is_matched_by_its_tools(text_matcher):
    match = text_matcher.match("Diese Woche: Dashboard in Power BI erweitert, KPI Report, SQL, Excel, Tableau.")
    assert match.recognised and closest_role(match) == "data-analyst"


@pytest.mark.parametrize(
    "text",
    [
        "<p>" + ETL.replace(" ", "</b> <b onclick=alert(1)>") + "</p><script>alert('dashboard')</script>",
        "\0".join(ETL.split(" ")),
        '=HYPERLINK("http://example.org","' + ETL + '")',
        "\u202e" + ETL + "\u202c שלום",
        ETL + "\ud800",
        "\n".join(ETL.split(" ")),
    ],
    ids=["html", "null bytes", "formula", "right to left", "lone surrogate", "one word a line"],
)
def test_odd_characters_do_not_hide_the_words(text_matcher, text):
    assert closest_role(text_matcher.match(text)) == "data-engineer"
    for phrase in text_matcher.highlights(text):
        assert 0 <= phrase.start < phrase.end <= len(text)


@pytest.mark.thorough
@pytest.mark.parametrize("piece", [ETL + " ", "x", "<", "a'", "ci ", "😀", "data-", "\0"])
def test_half_a_megabyte_is_matched_within_five_seconds(text_matcher, piece):
    text = piece * (500_000 // len(piece))
    start = time.perf_counter()
    match = text_matcher.match(text)
    assert time.perf_counter() - start < 5
    assert all(0 <= score <= 1 for score in [*match.roles.values(), *match.responsibilities.values()])


# Work that the quiz does not ask about

LEADING = "One-to-ones with my six people, two job interviews, the budget for next year and a talk about priorities."


def test_a_text_about_leading_people_is_recognised_as_that_and_as_no_role(text_matcher):
    match = text_matcher.match(LEADING)
    assert not match.recognised
    assert match.other_work == ("leading-people",)


def test_a_text_about_a_role_and_about_leading_people_is_recognised_as_both(text_matcher):
    match = text_matcher.match(f"{ETL} {LEADING}")
    assert match.recognised and closest_role(match) == "data-engineer"
    assert match.other_work == ("leading-people",)


def test_a_text_about_a_role_is_about_no_other_work(text_matcher):
    assert text_matcher.match(ETL).other_work == ()
    assert text_matcher.match("").other_work == ()


def test_a_word_or_two_are_about_no_other_work(text_matcher):
    assert text_matcher.match("budget").other_work == ()


def test_a_bank_without_other_work_recognises_roles_alone(bank):
    match = matcher.TextMatcher(replace(bank, other_work=())).match(f"{ETL} {LEADING}")
    assert match.recognised and match.other_work == ()


def test_several_kinds_of_other_work_are_ordered_by_similarity(bank):
    selling = OtherWork(
        "selling", "selling", ("offers for customers", "trade fair", "tender", "sales call", "price list")
    )
    text_matcher = matcher.TextMatcher(replace(bank, other_work=(*bank.other_work, selling)))
    text = "A tender, three sales calls, offers for customers and a trade fair."
    assert text_matcher.match(text).other_work == ("selling",)
    assert text_matcher.match(f"{text} One-to-ones and a job interview.").other_work == ("selling", "leading-people")


# Which phrases are highlighted


def test_highlights_are_parts_of_the_text_in_order(text_matcher):
    for person in personas.people():
        end = 0
        for phrase in text_matcher.highlights(person.week):
            assert end <= phrase.start < phrase.end <= len(person.week)
            assert phrase.weight > 0
            end = phrase.end


def test_highlights_are_the_words_that_are_typical_of_a_role(text_matcher):
    text = "Wrote unit tests for the login form. Then: Terraform, and the quarterly sales report!"
    highlighted = {text[phrase.start : phrase.end]: phrase.role for phrase in text_matcher.highlights(text)}
    assert highlighted["Terraform"] == "devops-sre"
    assert [role for words, role in highlighted.items() if "sales report" in words] == ["data-analyst"]
    assert not any("Then" in words or "!" in words for words in highlighted)


def test_words_of_other_work_are_not_highlighted(text_matcher):
    assert text_matcher.highlights(LEADING) == ()


def test_a_text_without_known_words_has_no_highlights(text_matcher):
    assert text_matcher.highlights("The sun was lovely and the soup too salty.") == ()


def test_strongest_phrases_are_highlighted_phrases_in_order_of_weight(text_matcher):
    highlights = text_matcher.highlights(ETL)
    strongest = matcher.strongest_phrases(ETL, highlights, limit=2)
    assert set(strongest) == {phrase.role for phrase in highlights}
    assert all(0 < len(phrases) <= 2 for phrases in strongest.values())
    heaviest = max((m for m in highlights if m.role == "data-engineer"), key=lambda m: m.weight)
    assert strongest["data-engineer"][0] == ETL[heaviest.start : heaviest.end].lower()


# Vocabularies


def test_vocabularies_have_similar_sizes_so_that_no_role_is_favoured(bank):
    stems_of = role_stems(bank)
    sizes = {
        role.id: len({stem for item in role.responsibilities for stem in stems_of[item.id]}) for role in bank.roles
    }
    assert max(sizes.values()) < 1.5 * min(sizes.values()), sizes


def test_every_responsibility_has_a_vocabulary_without_duplicates(bank):
    for responsibility in bank.responsibility.values():
        assert len(responsibility.vocabulary) >= 80, responsibility.id
        phrases = [phrase.lower() for phrase in (*responsibility.vocabulary, *responsibility.role_vocabulary)]
        assert len(phrases) == len(set(phrases)), responsibility.id


def test_a_role_vocabulary_speaks_for_the_role_and_for_no_responsibility(bank):
    change = {"vocabulary": ("sourdough",), "role_vocabulary": ("oven",)}
    template = bank.roles[0].responsibilities[0]
    baker = replace(bank.roles[0], id="baker", responsibilities=(replace(template, id="bake", role="baker", **change),))
    text_matcher = matcher.TextMatcher(replace(bank, roles=(*bank.roles, baker)))
    sourdough, oven = text_matcher.match("sourdough"), text_matcher.match("oven")
    assert sourdough.roles["baker"] > 0 and oven.roles["baker"] > 0
    assert sourdough.responsibilities["bake"] == pytest.approx(1)
    assert oven.responsibilities["bake"] == 0
    assert [phrase.responsibility for phrase in text_matcher.highlights("oven")] == ["bake"]


def test_a_role_without_vocabulary_is_matched_by_its_questions(bank):
    questions = [
        ("bake", "Bread", "bake bread or rolls in the oven", "sourdough, rye"),
        ("sell", "Sales of cakes", "sell cake", "counter"),
    ]
    template = replace(bank.roles[0].responsibilities[0], role="baker")
    added = tuple(
        replace(template, id=id, name=name, question=question, hint=hint, vocabulary=(), role_vocabulary=())
        for id, name, question, hint in questions
    )
    bakery = replace(bank.roles[0], id="baker", responsibilities=added)
    text_matcher = matcher.TextMatcher(replace(bank, roles=(*bank.roles, bakery)))
    match = text_matcher.match("Kneaded dough, then rye bread and rolls into the oven, sourdough for tomorrow.")
    assert match.recognised and closest_role(match) == "baker"
    assert closest_role(text_matcher.match(ETL)) == "data-engineer"
    assert len(match.roles) == len(bank.roles) + 1 and {"bake", "sell"} <= match.responsibilities.keys()


def test_a_bank_gets_one_matcher_even_if_several_threads_ask_at_once(bank, monkeypatch):
    created = []

    class SlowMatcher:
        def __init__(self, bank: Bank) -> None:
            time.sleep(0)
            created.append(bank)

    monkeypatch.setattr(matcher, "TextMatcher", SlowMatcher)
    monkeypatch.setattr(matcher, "_latest", [])
    threads = [threading.Thread(target=matcher.matcher_for, args=(bank,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert created == [bank]


# Processes and speed


def test_similarity_equals_that_of_scikit_learn(text_matcher):
    from sklearn.metrics.pairwise import cosine_similarity

    expected = cosine_similarity(text_matcher.vectoriser.transform([stems(ETL)]), text_matcher.matrix)[0]
    match = text_matcher.match(ETL)
    similarities = [*match.roles.values(), *match.responsibilities.values()]
    assert similarities == pytest.approx(list(expected)[: len(similarities)])


def test_matching_takes_little_longer_than_scikit_learn_itself(text_matcher):
    from sklearn.metrics.pairwise import cosine_similarity

    text = (ETL * 20)[:1024]

    def shortest_seconds(function):
        times = []
        for _ in range(50):
            start = time.perf_counter()
            function()
            times.append(time.perf_counter() - start)
        return min(times)

    scikit_learn_seconds = shortest_seconds(
        lambda: cosine_similarity(text_matcher.vectoriser.transform([stems(text)]), text_matcher.matrix)
    )
    assert shortest_seconds(lambda: text_matcher.match(text)) <= 1.3 * scikit_learn_seconds


def test_importing_the_module_does_not_import_scikit_learn():
    assert run_in_new_process("import sys, quiz.text.matcher; print('sklearn' in sys.modules)").strip() == "False"


@pytest.mark.server
def test_every_process_gives_the_same_match(text_matcher):
    code = f"""
import json
from quiz.config import paths
from quiz.text import matcher
from quiz.bank import load
print(json.dumps(matcher.matcher_for(load(paths.project_folder("questions"))).match({ETL!r}).roles))
"""
    assert {run_in_new_process(code), run_in_new_process(code)} == {json.dumps(text_matcher.match(ETL).roles) + "\n"}
