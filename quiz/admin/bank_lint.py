"""The problems of a question bank that a program can find: its structure, then the wording of its questions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from quiz import bank
from quiz.bank import Bank, Problem, Responsibility, Role
from quiz.text.job_titles import match_title
from quiz.text.tokenizer import features, stems
from quiz.text.vocabulary import roles_without_own_words

MAX_QUESTION_WORDS = 18
MAX_HINT_WORDS = 16
MAX_WORD_LETTERS = 18


def _terms(text: str) -> frozenset[str]:
    """The terms of a text that lists them with commas."""
    return frozenset(" ".join(text.split()).split(", "))


# Names of products. A question that names one asks what people use, not what they do.
TOOLS = _terms("""
    airbyte, airflow, ansible, aws, azure, bigquery, bitbucket, c#, c++, cassandra, chatgpt, circleci,
    cloudwatch, dagster, databricks, datadog, dbt, delta lake, django, docker, elasticsearch, excel, fastapi,
    fivetran, flask, flink, gcp, git, github, gitlab, google analytics, google sheets, grafana, graphql, hadoop,
    hugging face, informatica, java, javascript, jenkins, jira, jupyter, kafka, keras, kibana, kotlin, kubeflow,
    kubernetes, linux, looker, matlab, metabase, mlflow, mongodb, mysql, nginx, nifi, node.js, numpy, oracle,
    pagerduty, pandas, php, postgres, postgresql, power bi, powerpoint, prometheus, pyspark, python, pytorch,
    qlik, redis, redshift, sagemaker, salesforce, sap, sas, scala, scikit-learn, snowflake, spark, splunk, spss,
    sql, sqlite, ssis, stata, superset, tableau, talend, tensorflow, terraform, trino, typescript, vertex ai,
    xgboost
""")
# Words that reverse the meaning of a question: people who read quickly answer the opposite of what they mean.
NEGATIVES = _terms("""
    cannot, except, neither, never, no, nobody, none, nor, not, nothing, nowhere, unless, without
""")
# Words for how often. The answer says how often, and such a word in the question would suggest an answer.
FREQUENCIES = _terms("""
    always, constantly, continuously, daily, frequently, hourly, monthly, nightly, occasionally, often,
    quarterly, rarely, regularly, seldom, sometimes, usually, weekly, yearly
""")


def problems(folder: Path) -> list[Problem]:
    """Every problem of the bank in `folder`, in order of file and line; none if it is valid.

    The wording is checked only if the structure is valid.
    """
    try:
        checked_bank = bank.load(folder)
    except bank.BankError as error:
        return list(error.problems)
    checks = (
        _empty_stages(checked_bank, folder),
        _icons_without_role(checked_bank, folder),
        _neighbours_of_one_role(checked_bank),
        _equal_questions(checked_bank),
        _titles(checked_bank),
        _wording(checked_bank),
        _viewer_questions(checked_bank),
        _roles_without_own_words(checked_bank),
        _other_work(checked_bank, folder),
    )
    return sorted(problem for check in checks for problem in check)


def _empty_stages(checked_bank: Bank, folder: Path) -> Iterator[Problem]:
    stages_with_role = {role.stage for role in checked_bank.roles}
    file = folder / "bank.toml"
    for index, stage in enumerate(checked_bank.stages):
        if stage.id not in stages_with_role:
            line = bank.line_of(file, "id", "stages", index)
            yield Problem(file, line, f"no role belongs to stage {stage.id!r}", "remove it or move a role there")


def _icons_without_role(checked_bank: Bank, folder: Path) -> Iterator[Problem]:
    for file in (folder / "roles").iterdir():
        is_icon = file.suffix.lower() == ".svg" and not file.name.startswith(".")
        if is_icon and file.name.removesuffix(".svg") not in checked_bank.role:
            yield Problem(file, 1, "is an icon without a role", "remove it or name it <role>.svg for a role")


def _neighbours_of_one_role(checked_bank: Bank) -> Iterator[Problem]:
    for previous, item in pairwise(checked_bank.questions_in_order):
        if previous.role == item.role:
            message = f"{item.id!r} is asked right after {previous.id!r} of the same role"
            yield Problem(item.file, item.line, message, "add a role, whose question can be asked between them")


def _equal_questions(checked_bank: Bank) -> Iterator[Problem]:
    first: dict[str, Responsibility] = {}
    for role in checked_bank.roles:
        for index, item in enumerate(role.responsibilities):
            normalized = " ".join(item.question.casefold().split())
            other = first.setdefault(normalized, item)
            if other is not item:
                message = f"the question is the same as that of {other.id!r}"
                yield Problem(item.file, _line(item, index, "question"), message, "ask about the difference")


def _titles(checked_bank: Bank) -> Iterator[Problem]:
    """Titles in the file of a role that do not name it: a person who types one would not see the role."""
    for role in checked_bank.roles:
        for key, titles in (("titles", role.titles), ("whole-titles", role.whole_titles)):
            for title in titles:
                title_match = match_title(checked_bank, title)
                # The own name of another role means that role: a bank can get a role that was a title before.
                if role.id not in title_match.roles and not title_match.is_own_name:
                    file = role.responsibilities[0].file
                    message = f"{key} contains {title!r}, which does not name the role"
                    hint = "write one job in letters or digits, without “and”, a comma, a slash or the like"
                    yield Problem(file, bank.line_of(file, key), message, hint)


def _wording(checked_bank: Bank) -> Iterator[Problem]:
    role_names = _role_names(checked_bank.roles)
    for role in checked_bank.roles:
        for index, item in enumerate(role.responsibilities):
            questions = [("question", item.question, MAX_QUESTION_WORDS)]
            if item.viewer_question:
                questions.append(("viewer-question", item.viewer_question, MAX_QUESTION_WORDS))
            for key, text, _ in questions:
                for message, hint in _sentence_problems(text):
                    yield Problem(item.file, _line(item, index, key), f"{key} {message}", hint)
            for key, text, max_words in (*questions, ("hint", item.hint, MAX_HINT_WORDS)):
                for message, hint in _word_problems(text, role_names, max_words):
                    yield Problem(item.file, _line(item, index, key), f"{key} {message}", hint)
            yield from _vocabulary_problems(item, index)


def _viewer_questions(checked_bank: Bank) -> Iterator[Problem]:
    """Questions that say "you" and are asked about somebody else in a second view, where "you" is the viewer."""
    if checked_bank.viewer_texts is None:
        return
    for role in checked_bank.for_viewers.roles:
        for index, item in enumerate(role.responsibilities):
            if re.search(r"\byour?(?:s|self)?\b", item.question, re.IGNORECASE):
                key = "viewer-question" if item.viewer_question else "question"
                message = f"{key} says “you”, which is the viewer in a second view"
                yield Problem(item.file, _line(item, index, key), message, "add a viewer-question without it")


def _word_problems(text: str, role_names: Iterable[str], max_words: int) -> Iterator[tuple[str, str]]:
    """Message and hint of each problem with the words of a question or hint."""
    if (count := len(text.split())) > max_words:
        yield f"has {count} words", f"use at most {max_words}"
    for word in re.findall(r"\w+", text):
        if len(word) > MAX_WORD_LETTERS:
            yield f"has the long word {word[:60]!r}", f"use words of at most {MAX_WORD_LETTERS} letters"
    if re.search(r"\band\s*/\s*or\b", text, re.IGNORECASE):
        yield 'contains "and/or"', "choose one of the two"
    for word in _terms_in(text, role_names):
        yield f"names the role {word!r}", "say what people do, so that nobody answers for a title"
    for word in _terms_in(text, TOOLS):
        yield f"names the tool {word!r}", "say what is done with it"
    for word in [*_terms_in(text, NEGATIVES), *re.findall(r"\w+n['’]t\b", text)]:
        yield f"contains the negative {word!r}", "ask for what is done"
    for word in _terms_in(text, FREQUENCIES):
        yield f"says how often: {word!r}", "leave that to the answer"


def _sentence_problems(question: str) -> Iterator[tuple[str, str]]:
    """Message and hint of everything that prevents the stem and the question from forming one sentence."""
    if not question[0].islower():
        yield f"starts with {question[0]!r}", "start with a verb in lower case: it continues the stem"
    if question.rstrip().endswith((".", "…", "!", ":")):
        yield "ends like a sentence", "remove the last character: the question continues the stem"
    if "?" in question:
        yield "contains a question mark", "remove it: the stem is already a question"


def _vocabulary_problems(item: Responsibility, index: int) -> Iterator[Problem]:
    """A problem if no free text could ever match the responsibility."""
    text = "\n".join(item.vocabulary or (item.name, item.question, item.hint))
    if not features(stems(text)):
        key = "vocabulary" if item.vocabulary else "question"
        message = f"{key} has only everyday words, so that no free text can match"
        yield Problem(item.file, _line(item, index, key), message, "name what is worked on")


def _roles_without_own_words(checked_bank: Bank) -> Iterator[Problem]:
    """Roles that free text cannot tell from the others. Responsibilities without any words are other problems."""
    for role in roles_without_own_words(checked_bank):
        if not any(list(_vocabulary_problems(item, 0)) for item in role.responsibilities):
            item = role.responsibilities[0]
            message = (
                "vocabulary has only words that others have too, so that no free text can be recognised as the role"
            )
            key = "vocabulary" if item.vocabulary else "question"
            yield Problem(item.file, _line(item, 0, key), message, "add the words of this role’s own work")


def _other_work(checked_bank: Bank, folder: Path) -> Iterator[Problem]:
    file = folder / "other_work.toml"
    for index, work in enumerate(checked_bank.other_work):
        if not features(stems("\n".join(work.vocabulary))):
            line = bank.line_of(file, "vocabulary", "other-work", index)
            message = f"vocabulary of {work.id!r} has only everyday words, so that no free text can match"
            yield Problem(file, line, message, "name what is worked on")


def _role_names(roles: Iterable[Role]) -> frozenset[str]:
    """All names of roles and their parts: "DevOps/SRE" is also named by "DevOps" and by "SREs"."""
    names = [name for role in roles for name in (role.name, role.plural)]
    parts = [part for name in names for part in re.split(r"/|,| and | or ", name)]
    singular = {part.strip().casefold() for part in parts} - {""}
    return frozenset(singular | {f"{name}s" for name in singular})


def _terms_in(text: str, terms: Iterable[str]) -> list[str]:
    """The `terms` that `text` contains as whole words, in any case, sorted. Hyphens and spaces are equal."""
    normalized = re.sub(r"[\s-]+", " ", text.casefold())
    terms_in_text = []
    for term in terms:
        words = term.replace("-", " ")
        # The first test is fast. With many roles, a regular expression for each name would take minutes.
        if words in normalized and re.search(rf"(?<!\w){re.escape(words)}(?!\w)", normalized):
            terms_in_text.append(term)
    return sorted(terms_in_text)


def _line(item: Responsibility, index: int, key: str) -> int:
    return bank.line_of(item.file, key, "responsibilities", index)
