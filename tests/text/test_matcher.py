"""Free text: how words become comparable, what texts sound like, and what no text may break."""

import json
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest

from benchmarks import personas
from quiz.bank import Bank
from quiz.text import matcher
from quiz.text.tokenizer import features, stems

ETL = "Rebuilt the nightly load: ingest the files, clean and join them, publish tables. The Airflow DAG failed twice."


@pytest.fixture(scope="module")
def reader(bank: Bank) -> matcher.TextMatcher:
    return matcher.matcher_for(bank)


def first(reading: matcher.TextMatch) -> str:
    return personas.ranked(reading)[0]


def fresh(code: str) -> str:
    """What `code` prints in a process of its own."""
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
    ],
)
def test_forms_and_spellings_of_one_word_meet(one, other):
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
def test_signs_digits_and_tags_are_no_ordinary_words(text, expected):
    assert stems(text) == expected


@pytest.mark.parametrize(
    "words_of_one_kind", [("mining", "minute"), ("market", "marketing"), ("program", "programming")]
)
def test_different_words_stay_apart(words_of_one_kind):
    assert len({stems(word)[0] for word in words_of_one_kind}) == 2


def test_a_phrase_counts_in_either_order_but_not_across_a_stop():
    assert "model train" in features(stems("trained the model")) and "model train" in features(stems("model training"))
    assert "model train" not in features(stems("We trained. The model was old."))


def test_everyday_words_count_only_within_phrases():
    assert features(stems("team")) == []
    assert features(stems("release team")) == ["releas", "releas team"]


# What texts sound like


def test_personas_are_read_as_a_reader_would(reader):
    people = personas.people()
    result = personas.figures(people, reader.match_all([person.week for person in people]))
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


def test_the_responsibility_that_is_told_about_is_the_nearest(reader):
    nearest = {
        "pipelines": "Kafka and Airflow: streaming and batch jobs, orchestration, a backfill.",
        "data-quality": "Added row count checks, found duplicates, and traced missing rows to a failed load.",
        "dashboards": "A new page in the Power BI dashboard, and the monthly report with its KPIs.",
        "governance": "Settled definitions for the glossary with data owners; a retention rule for personal data.",
        "monitoring": "On call: two incidents, a postmortem, alerts tuned in Grafana.",
        "code-quality": "Refactoring and unit tests, code review of three pull requests.",
        "model-optimisation": "Quantised the network, batched requests, GPU memory down, inference latency halved.",
    }
    for reading, responsibility in zip(reader.match_all(list(nearest.values())), nearest, strict=True):
        assert max(reading.responsibilities, key=reading.responsibilities.__getitem__) == responsibility


def test_case_and_spacing_of_a_text_do_not_matter(reader):
    shouted = reader.match(ETL.upper().replace(" ", "\t  ")).roles
    assert shouted == pytest.approx(reader.match(ETL).roles)


def test_saying_it_again_changes_little(reader):
    once, often = reader.match(ETL).roles, reader.match("\n".join([ETL] * 50)).roles
    assert often == pytest.approx(once, abs=0.02)


def test_many_texts_read_at_once_are_read_as_one_by_one(reader):
    texts = [person.week for person in personas.people()]
    together = reader.match_all(texts)
    assert len(together) == len(texts)
    for text, reading in zip(texts[:5], together, strict=False):
        alone = reader.match(text)
        assert alone.recognised == reading.recognised
        assert alone.roles == pytest.approx(reading.roles)
    assert reader.match_all([]) == []


def test_a_role_scores_only_where_a_word_matched(reader):
    reading = reader.match("TogetherWeCan xylophone 12 the")
    assert set(reading.roles.values()) == set(reading.responsibilities.values()) == {0.0}
    assert sum(score > 0 for score in reader.match("Terragrunt, Ansible playbook").roles.values()) < len(reading.roles)


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
def test_a_text_without_known_words_is_no_match(reader, text):
    assert not reader.match(text).recognised


def test_work_told_in_another_language_is_found_by_its_tools(reader):
    reading = reader.match("Diese Woche: Dashboard in Power BI erweitert, KPI Report, SQL, Excel, Tableau.")
    assert reading.recognised and first(reading) == "data-analyst"


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
def test_odd_characters_do_not_hide_the_words(reader, text):
    assert first(reader.match(text)) == "data-engineer"
    for mark in reader.highlights(text):
        assert 0 <= mark.start < mark.end <= len(text)


@pytest.mark.parametrize("piece", [ETL + " ", "x", "<", "a'", "ci ", "😀", "data-", "\0"])
def test_half_a_megabyte_is_read_in_good_time(reader, piece):
    text = piece * (500_000 // len(piece))
    start = time.perf_counter()
    reading = reader.match(text)
    assert time.perf_counter() - start < 5
    assert all(0 <= score <= 1 for score in [*reading.roles.values(), *reading.responsibilities.values()])


# Which words carried it


def test_marks_are_stretches_of_the_text_in_order(reader):
    for person in personas.people():
        end = 0
        for mark in reader.highlights(person.week):
            assert end <= mark.start < mark.end <= len(person.week)
            assert mark.weight > 0
            end = mark.end


def test_marks_name_the_words_that_speak_for_a_role(reader):
    text = "Wrote unit tests for the login form. Then: Terraform, and the quarterly sales report!"
    marked = {text[mark.start : mark.end]: mark.role for mark in reader.highlights(text)}
    assert marked["Terraform"] == "devops-sre"
    assert [role for words, role in marked.items() if "sales report" in words] == ["data-analyst"]
    assert not any("Then" in words or "!" in words for words in marked)


def test_marks_stay_silent_where_nothing_is_known(reader):
    assert reader.highlights("The sun was lovely and the soup too salty.") == ()


def test_carriers_are_the_strongest_marked_words(reader):
    marks = reader.highlights(ETL)
    carried = matcher.strongest_phrases(ETL, marks, limit=2)
    assert set(carried) == {mark.role for mark in marks}
    assert all(0 < len(found) <= 2 for found in carried.values())
    strongest = max((m for m in marks if m.role == "data-engineer"), key=lambda m: m.weight)
    assert carried["data-engineer"][0] == ETL[strongest.start : strongest.end].lower()


# The bank


def test_the_vocabularies_are_of_one_size_so_that_no_role_is_favoured(bank):
    sizes = {
        role.id: len(set(stems("\n".join(w for r in role.responsibilities for w in r.vocabulary))))
        for role in bank.roles
    }
    assert max(sizes.values()) < 1.5 * min(sizes.values()), sizes


def test_every_responsibility_has_words_and_says_nothing_twice(bank):
    for responsibility in bank.responsibility.values():
        known = [phrase.lower() for phrase in responsibility.vocabulary]
        assert len(known) >= 80, responsibility.id
        assert len(known) == len(set(known)), responsibility.id


def test_a_role_without_words_is_known_by_its_questions(bank):
    asked = [
        ("bake", "Bread", "bake bread or rolls in the oven", "sourdough, rye"),
        ("sell", "Sales of cakes", "sell cake", "counter"),
    ]
    template = bank.roles[0].responsibilities[0]
    added = tuple(
        replace(template, id=id, role="baker", name=name, question=question, hint=hint, vocabulary=())
        for id, name, question, hint in asked
    )
    bakery = replace(bank.roles[0], id="baker", responsibilities=added)
    reader = matcher.TextMatcher(replace(bank, roles=(*bank.roles, bakery)))
    reading = reader.match("Kneaded dough, then rye bread and rolls into the oven, sourdough for tomorrow.")
    assert reading.recognised and first(reading) == "baker"
    assert first(reader.match(ETL)) == "data-engineer"
    assert len(reading.roles) == len(bank.roles) + 1 and {"bake", "sell"} <= reading.responsibilities.keys()


def test_the_words_of_a_bank_are_made_once_even_when_asked_for_at_once(bank, monkeypatch):
    made = []

    class Slow:
        def __init__(self, bank: Bank) -> None:
            time.sleep(0)
            made.append(bank)

    monkeypatch.setattr(matcher, "TextMatcher", Slow)
    monkeypatch.setattr(matcher, "_latest", [])
    threads = [threading.Thread(target=matcher.matcher_for, args=(bank,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [bank]


# The process


def test_similarity_is_scikit_learns_own(reader):
    from sklearn.metrics.pairwise import cosine_similarity

    expected = cosine_similarity(reader.vectoriser.transform([stems(ETL)]), reader.matrix)[0]
    reading = reader.match(ETL)
    assert [*reading.roles.values(), *reading.responsibilities.values()] == pytest.approx(list(expected))


def test_reading_costs_little_more_than_scikit_learn_itself(reader):
    from sklearn.metrics.pairwise import cosine_similarity

    text = (ETL * 20)[:1024]

    def best(read):
        times = []
        for _ in range(50):
            start = time.perf_counter()
            read()
            times.append(time.perf_counter() - start)
        return min(times)

    bare = best(lambda: cosine_similarity(reader.vectoriser.transform([stems(text)]), reader.matrix))
    assert best(lambda: reader.match(text)) <= 1.3 * bare


def test_importing_the_module_does_not_import_scikit_learn():
    assert fresh("import sys, quiz.text.matcher; print('sklearn' in sys.modules)").strip() == "False"


def test_every_process_reads_alike(reader):
    code = f"""
import json
from quiz.config import paths
from quiz.text import matcher
from quiz.bank import load
print(json.dumps(matcher.matcher_for(load(paths.project_folder("questions"))).match({ETL!r}).roles))
"""
    assert {fresh(code), fresh(code)} == {json.dumps(reader.match(ETL).roles) + "\n"}
