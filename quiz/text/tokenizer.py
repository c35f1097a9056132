"""A text cut into words that can be compared: one stem for all forms and spellings of a word.

Pure text, nothing about any role: what a word tells about work is settled in `quiz.text.matcher`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

_TOKEN = re.compile(
    r"""
      (?P<gap> <[^<>\n]{1,200}> | [.;:!?](?=\s|$) | [\n•|…] )             # a tag, a stop or a new line ends a phrase
    | (?<![^\W_]) (?P<sign> c\+\+ | [cf]\# | (?:asp)?\.net\b | ci\s?[/-]\s?cd\b | a/b\b | 24\s?[/x]\s?7\b )
    | (?<![^\W_]) (?P<letter> (?-i:[CR]) ) (?![\w&'’+\#-]|\.\w)           # the languages C and R
    | (?P<word> [^\W_]+ (?:['’][^\W_]+)* (?:\.js\b)? )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LONGEST = 40  # characters; longer runs without a space are no words

# One name for what is written in several ways: as written, as compared.
_ALIASES = {
    "c++": "cplusplus", "c#": "csharp", "f#": "fsharp", ".net": "dotnet", "asp.net": "dotnet", "ci/cd": "cicd",
    "ci-cd": "cicd", "a/b": "abtest", "ab": "abtest", "24/7": "roundtheclock", "24x7": "roundtheclock",
    "k8s": "kubernet", "js": "javascript", "ts": "typescript", "node.js": "nodejs", "nodejs": "nodejs",
    "postgres": "postgresql", "db": "databas", "dbs": "databas", "sklearn": "scikit", "viz": "visualis",
    "dataviz": "visualis", "licence": "licens", "licences": "licens", "marketing": "marketing",
    "programming": "programming", "programmer": "programming", "programmers": "programming",
}  # fmt: skip

# Written apart, with a hyphen or as one word; after "=", the short form.
_COMPOUNDS = """
    back end, front end, full stack, data base, data set, data lake, data mart, data hub, lake house, ware house,
    work flow, road map, roll back, roll out, fail over, real time, on call, ad hoc, on prem, e commerce, time series,
    micro service, meta data, stake holder, trouble shoot, run book, post mortem, dev ops, ml ops, spread sheet,
    note book, dash board, stand up, unit test, up time, down time, over fitting, hold out, pre process, re train,
    fine tune, open source, code base, web site, version control, life cycle, computer science, data science, big data,
    cross functional, end to end, deep learning, machine learning = ml, business intelligence = bi, web app = webapp,
    artificial intelligence = ai, natural language processing = nlp, user interface = ui, user experience = ux,
    key performance indicator = kpi
"""

_STOP_WORDS = """
    a about above across after again against all almost along also although always am among an and another any
    anyone anything are as at be because been before being below between both but by can cannot could did do
    does doing done down during each either else enough etc even ever every everybody everyone everything few
    for from further get gets getting go goes going gone got had has have having he her here hers him his how
    however i if in into is it its itself just least less let like lot made make makes making many may me
    might mine more most much must my myself near need needs never new next no nobody none nor not nothing now
    of off often on once one only onto or other others our ours out over own per perhaps please quite rather
    really same several shall she should since so some somebody someone something soon still such than that the
    their theirs them themselves then there these they thing things this those though through thus till to too
    toward towards under until up upon us use used uses using very via was way ways we well went were what when
    where whether which while who whole whom whose why will with within without would yes yet you your yours
    yourself don't didn't doesn't isn't wasn't won't can't couldn't i'm i've i'd i'll it's that's there's we've
    we're two three four five six seven eight nine ten twelve twenty thirty forty fifty hundred thousand
"""

# Said of any work: alone they tell nothing about which, but they take part in phrases.
_EVERYDAY_WORDS = """
    able accountable achieve across act active activity add additional adopt advance agile aim align allow apply
    approach area ask aspect assess assist assure available aware background base basis become begin believe
    benefit best better big bonus bring broad build call capability capable care career carry case challenge
    change check choose clear client close collaborate combine come common communicate company complete complex
    component concept conduct consider contribute coordinate core create creative critical cross culture current
    customer day deal define degree deliver delivery demonstrate department depend design desire detail
    determine develop different difficult direct direction discuss diverse document documentation domain drive
    early easy effective efficient effort employee enable end engage engineer enhance enjoy ensure environment
    equivalent establish evaluate event evolve example excellence excellent excite exist expect experience
    expert expertise extensive external face familiar familiarity fast field find focus follow form friday full
    fun function functional future gain general give global goal good great group grow guide half hand hard
    health help high hour idea identify impact implement implementation important improve improvement include
    increase independent individual industry influence inform initiative innovate innovation innovative input
    integral interact interest internal involve issue job join junior keep key kind know knowledge large last latest
    lead leader leadership learn level leverage life line list live location long look love main major manage
    manager master mean meet member mentor method mindset mission modern monday month move multiple necessary
    nice offer office open oral organisation organise outcome ownership part participate partner passion
    passionate people perform person plan play plus position possible potential practical practice prefer
    prepare present previous primary principle prior priority problem procedure process produce product
    professional proficiency proficient program project promote propose proven provide purpose put qualification
    question quick range reach read ready relate relationship relevant require requirement resolve resource
    respond responsibility responsible result review right role run saturday scope scrum section see seek select self
    senior serve service set share show similar simple size skill small solid solution solve sort specific spend
    stack staff start state stay step strong structure study style subject success successful sunday suggest support
    sure system take talk target task team technical technique technology term thank think thought thursday time
    today together tool top track train try tuesday type understand unique update value variety various verbal
    vision want wednesday week wide willing word work world write written year yesterday young
"""

_SUFFIXES = (
    ("isations", "is"), ("isation", "is"), ("ibilities", "ibl"), ("abilities", "abl"), ("ability", "abl"),
    ("ibility", "ibl"), ("ations", "at"), ("ation", "at"), ("ators", "at"), ("ator", "at"), ("ating", "at"),
    ("ative", "at"), ("ated", "at"), ("ates", "at"), ("ate", "at"), ("ically", "ic"), ("ical", "ic"), ("ally", "al"),
    ("ies", "y"), ("ied", "y"), ("ying", "y"), ("sses", "ss"), ("ings", ""), ("ing", ""), ("edly", ""), ("ed", ""),
    ("es", "e"), ("ss", "ss"), ("us", "us"), ("is", "is"), ("s", ""),
)  # fmt: skip


@dataclass(frozen=True)
class Token:
    """A word, `text[start:end]`, by its stem; stem "" is a gap, over which no phrase reaches."""

    stem: str
    start: int
    end: int


def tokens(text: str) -> Iterator[Token]:
    """The words of `text` in order, without stop words and bare numbers, compounds as one.

    >>> [token.stem for token in tokens("Optimised the C++ back-end; on call")]
    ['optimis', 'cplusplus', 'backend', '', 'oncal']
    """
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind, start, end = match.lastgroup, match.start(), match.end()
        if kind == "gap":
            yield from _joined(found)
            yield Token("", start, end)
            found = []
        elif kind == "letter":
            found.append(Token(f"{match[0].lower()}language", start, end))
        elif end - start <= _LONGEST:
            found.append(Token(stem(match[0]), start, end))
    yield from _joined(found)


def stems(text: str) -> list[str]:
    """The stems of `tokens`."""
    return [token.stem for token in tokens(text)]


def features(stems: Sequence[str]) -> list[str]:
    """What two texts can have in common: words, apart from everyday ones, and pairs of neighbours in either order.

    >>> features(stems("performance of the models"))
    ['performanc', 'model', 'model performanc']
    """
    words = [stem for stem in stems if stem and stem not in _EVERYDAY]
    return words + [f"{a} {b}" if a < b else f"{b} {a}" for a, b in pairwise(stems) if a and b]


def _joined(tokens: list[Token]) -> Iterator[Token]:
    """`tokens` without stop words and bare numbers, compounds made one."""
    place = 0
    while place < len(tokens):
        token = tokens[place]
        for length in _COMPOUND_LENGTHS.get(token.stem, ()):
            if one := _COMPOUND.get(tuple(t.stem for t in tokens[place : place + length])):
                yield Token(one, token.start, tokens[place + length - 1].end)
                place += length
                break
        else:
            if len(token.stem) > 1 and token.stem not in _STOP and not token.stem.isdecimal():
                yield token
            place += 1


@lru_cache(maxsize=1 << 15)
def stem(word: str) -> str:
    """`word` without case, plural and common endings, in British spelling: enough that its forms meet.

    >>> {stem(word) for word in ("Modeling", "modelling", "models", "modelled")}
    {'model'}
    """
    word = re.sub(r"\s", "", word.lower()).replace("’", "'").removesuffix("'s")
    if word in _ALIASES:
        return _ALIASES[word]
    if word in _STOP or len(word) < 4:
        return word
    if len(word) == 4:
        return word.removesuffix("s").removesuffix("e")  # APIs, GPUs; code as in coding
    word = word.removesuffix(".js")
    if len(word) > 5:
        word = word.removesuffix("js")  # reactjs, angularjs
    word = re.sub(r"(?<=[iy])z(?=e$|es$|ed$|ers?$|ing$|ations?$)", "s", word)
    word = re.sub(r"(?<=\w{3})our(?=$|s$|al)", "or", word)
    word = re.sub(r"ogue(?=s?$)", "og", re.sub(r"mme(?=s?$)", "m", re.sub(r"tre(?=s?$)", "ter", word)))
    for suffix, instead in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3 - (len(instead) > 0):
            word = word.removesuffix(suffix) + instead
            break
    if len(word) > 4:
        if word[-1] == word[-2] and (word[-1] not in "aelosz" or (word[-1] == "l" and len(word) > 5)):
            word = word[:-1]
        word = word.removesuffix("e")
    return word[:-1] + "i" if word.endswith("y") and len(word) > 3 else word


def _compounds() -> Iterator[tuple[tuple[str, ...], str]]:
    for line in _COMPOUNDS.split(","):
        parts, _, short = (part.strip() for part in line.partition("="))
        yield tuple(map(stem, parts.split())), short or stem(parts.replace(" ", ""))


_STOP = frozenset(_STOP_WORDS.split())
_EVERYDAY = frozenset(map(stem, _EVERYDAY_WORDS.split()))
_COMPOUND = dict(_compounds())
_COMPOUND_LENGTHS: dict[str, set[int]] = defaultdict(set)  # by first word; no two compounds begin alike
for _parts in _COMPOUND:
    _COMPOUND_LENGTHS[_parts[0]].add(len(_parts))
