"""Everything wrong with a question bank that a machine can see: its structure, then the wording of its questions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from quiz import bank
from quiz.bank import Bank, Problem, Responsibility, Role
from quiz.text.tokenizer import features, stems

QUESTION_WORDS = 18
HINT_WORDS = 16
WORD_LETTERS = 18


def _set(listed: str) -> frozenset[str]:
    return frozenset(" ".join(listed.split()).split(", "))


# Names by which people know products. A question that names one asks what somebody uses, not what they do.
TOOLS = _set("""
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
# Words that turn a question round: people who read fast answer the opposite of what they mean.
NEGATIVES = _set("""
    cannot, except, neither, never, no, nobody, none, nor, not, nothing, nowhere, unless, without
""")
# Words for how often: that is what the answer says, and such a word in the question would suggest one.
OFTEN = _set("""
    always, constantly, continuously, daily, frequently, hourly, monthly, nightly, occasionally, often,
    quarterly, rarely, regularly, seldom, sometimes, usually, weekly, yearly
""")


def problems(folder: Path) -> list[Problem]:
    """Every problem of the bank in `folder`, in order of file and line; none where it is sound.

    Wording is judged only once the structure holds.
    """
    try:
        found = bank.load(folder)
    except bank.BankError as error:
        return list(error.problems)
    return sorted([*_empty_stages(found, folder), *_lost_marks(found, folder), *_alike(found), *_wording(found)])


def _empty_stages(found: Bank, folder: Path) -> Iterator[Problem]:
    taken = {role.stage for role in found.roles}
    file = folder / "bank.toml"
    for nth, stage in enumerate(found.stages):
        if stage.id not in taken:
            line = bank.line_of(file, "id", "stages", nth)
            yield Problem(file, line, f"no role stands in stage {stage.id!r}", "remove it or move a role there")


def _lost_marks(found: Bank, folder: Path) -> Iterator[Problem]:
    for file in (folder / "roles").iterdir():
        hidden = file.name.startswith(".")
        if not hidden and file.suffix.lower() == ".svg" and file.name.removesuffix(".svg") not in found.role:
            yield Problem(file, 1, "is the mark of no role", "remove it or name it <role>.svg for a role")


def _alike(found: Bank) -> Iterator[Problem]:
    for before, after in pairwise(found.questions_in_order):
        if before.role == after.role:
            what = f"{after.id!r} is asked right after {before.id!r} of the same role"
            yield Problem(after.file, after.line, what, "add a role, so that its question can stand between")
    first: dict[str, Responsibility] = {}
    for role in found.roles:
        for nth, item in enumerate(role.responsibilities):
            other = first.setdefault(" ".join(item.question.casefold().split()), item)
            if other is not item:
                what = f"the question is the same as that of {other.id!r}"
                yield Problem(item.file, _line(item, nth, "question"), what, "ask for what sets the two apart")


def _wording(found: Bank) -> Iterator[Problem]:
    names = _names(found.roles)
    for role in found.roles:
        for nth, item in enumerate(role.responsibilities):
            for key, text, limit in (
                ("question", item.question, QUESTION_WORDS),
                ("hint", item.hint, HINT_WORDS),
            ):
                faults = [*_words(text, names, limit), *(_continues(text) if key == "question" else ())]
                for what, hint in faults:
                    yield Problem(item.file, _line(item, nth, key), f"{key} {what}", hint)
            if not features(stems("\n".join(item.vocabulary or (item.name, item.question, item.hint)))):
                key = "vocabulary" if item.vocabulary else "question"
                what = f"no telling word stands in the {key}, so that no free text can match"
                yield Problem(item.file, _line(item, nth, key), what, "name what is worked on")


def _words(text: str, names: Iterable[str], limit: int) -> Iterator[tuple[str, str]]:
    """What is wrong with the words of a question or hint, and the mend."""
    if (count := len(text.split())) > limit:
        yield f"has {count} words", f"use at most {limit}"
    for word in re.findall(r"\w+", text):
        if len(word) > WORD_LETTERS:
            yield f"has the long word {word[:60]!r}", f"use words of at most {WORD_LETTERS} letters"
    if re.search(r"\band\s*/\s*or\b", text, re.IGNORECASE):
        yield 'says "and/or"', "choose one of the two"
    for word in _found(names, text):
        yield f"names the role {word!r}", "say what people do, so that nobody answers for a title"
    for word in _found(TOOLS, text):
        yield f"names the tool {word!r}", "say what is done with it"
    for word in [*_found(NEGATIVES, text), *re.findall(r"\w+n['’]t\b", text)]:
        yield f"holds the negative {word!r}", "ask for what is done"
    for word in _found(OFTEN, text):
        yield f"says how often: {word!r}", "leave that to the answer"


def _continues(question: str) -> Iterator[tuple[str, str]]:
    """What keeps a question from continuing the stem as one sentence, and the mend."""
    if not question[0].islower():
        yield f"starts with {question[0]!r}", "start with a verb in lower case: it continues the stem"
    if question.rstrip().endswith((".", "…", "!", ":")):
        yield "ends like a sentence", "drop the mark at the end: the question continues the stem"
    if "?" in question:
        yield "holds a question mark", "drop it: the stem asks already"


def _names(roles: Iterable[Role]) -> frozenset[str]:
    """All names of roles, whole and in their parts: "DevOps/SRE" is also named by "DevOps" and by "SREs"."""
    parts = (part for role in roles for name in (role.name, role.plural) for part in re.split(r"/|,| and | or ", name))
    singular = {part.strip().casefold() for part in parts} - {""}
    return frozenset(singular | {f"{name}s" for name in singular})


def _found(names: Iterable[str], text: str) -> list[str]:
    """Those of `names` that stand in `text` as whole words, in any case, sorted; hyphens and spaces count alike."""
    plain = re.sub(r"[\s-]+", " ", text.casefold())
    spoken = ((name, name.replace("-", " ")) for name in names)
    near = ((name, said) for name, said in spoken if said in plain)  # a search each would take minutes with many roles
    return sorted(name for name, said in near if re.search(rf"(?<!\w){re.escape(said)}(?!\w)", plain))


def _line(item: Responsibility, nth: int, key: str) -> int:
    return bank.line_of(item.file, key, "responsibilities", nth)
