"""Questions worth asking about one result: conditions find what stands out, prompts of the bank put it into words.

The bank names the conditions and the slots that each one fills (`quiz.bank.CONDITIONS`); here stands when each one
holds. A condition is a function from a situation to what it found, best first: mostly nothing or one thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from quiz.bank import AnswerOption, Bank, Responsibility, Role, TalkingPoint
from quiz.results.changes import Change
from quiz.results.goals import regular, steps
from quiz.results.result import Result

LEAST, MOST = 4, 6
# From so many points of the scale on, one answer that moved is more than a step that anybody might answer otherwise.
FAR = 2


@dataclass(frozen=True)
class Situation:
    """All that prompts are chosen by.

    `wishes` is responsibility id to wish id, `title_role` the role that a typed title clearly names, `heading` the role
    ids somebody is heading for, `change` the comparison with an earlier result. What a bank does not know is ignored.
    """

    bank: Bank
    result: Result
    wishes: Mapping[str, str] = field(default_factory=dict)
    title_role: str | None = None
    goals: tuple[str, ...] = ()
    change: Change | None = None

    @cached_property
    def answers(self) -> dict[str, AnswerOption]:
        """The answer about each responsibility, in the order of the bank; `skip` where there is none."""
        given = {line.responsibility.id: line.answer or self.bank.skip for line in self.result.sheet.rows}
        return {id: given[id] for id in self.bank.responsibility}

    @property
    def mix(self) -> tuple[Role, ...]:
        """The roles combined, largest share first; none where the result names no roles or all of them."""
        return self.result.roles if self.result.kind in ("mix", "tie") else ()

    @property
    def settled(self) -> bool:
        """Whether the result names one mix, and no other beside it."""
        return self.result.kind == "mix"

    @property
    def possible(self) -> tuple[Role, ...]:
        """The roles of the mix and, on a tie, those of the other one."""
        return (*self.mix, *self.result.other)

    @property
    def targets(self) -> tuple[Role, ...]:
        """The roles somebody is heading for."""
        return tuple(self.bank.role[id] for id in self.goals if id in self.bank.role)

    def wished(self, *wishes: str) -> list[Responsibility]:
        """What is marked with one of `wishes`: of the roles headed for first, then what is done most often."""
        marked = [self.bank.responsibility[id] for id in self.answers if self.wishes.get(id) in wishes]
        return sorted(marked, key=lambda item: (item.role not in self.goals, -self.level(item)))

    def level(self, item: Responsibility) -> float:
        """What the answer about `item` is worth, 0 where it was left out: nothing is known to be done."""
        return self.answers[item.id].level or 0.0

    def regularly(self, item: Responsibility) -> bool:
        """Whether `item` is a regular part of the weeks."""
        return self.level(item) >= (regular(self.bank).level or 0)


@dataclass(frozen=True)
class Chosen:
    """A prompt chosen for one result, with what its slots hold. `about` are the responsibilities it asks about."""

    prompt: TalkingPoint
    arguments: Mapping[str, str]
    about: frozenset[Responsibility]

    @property
    def text(self) -> str:
        """The prompt as people read it."""
        return self.prompt.text.format(**self.arguments)


def choose(situation: Situation) -> tuple[Chosen, ...]:
    """Four to six questions worth asking about this result, the most specific first.

    Prompts are tried by falling priority, equal ones in the order of the bank. At most one a condition is taken, never
    two about the same responsibility, and six at most. Those that wait for nothing only fill up to four; a bank with
    few of them may give fewer.
    """
    chosen: list[Chosen] = []
    met: set[str] = set()
    asked: set[Responsibility] = set()
    for prompt in sorted(situation.bank.talking_points, key=lambda prompt: (prompt.when == "always", -prompt.priority)):
        general = prompt.when == "always"
        if len(chosen) >= (LEAST if general else MOST) or (prompt.when in met and not general):
            continue
        found = FINDERS[prompt.when](situation)
        if first := next((one for one in found if not one.about & asked), None):
            chosen.append(Chosen(prompt, first.slots, first.about))
            met.add(prompt.when)
            asked |= first.about
    return tuple(chosen)


class Found(NamedTuple):
    """One thing that a condition found: what it puts into the slots, and the responsibilities it is about."""

    slots: Mapping[str, str]
    about: frozenset[Responsibility] = frozenset()


Finder = Callable[[Situation], Iterator[Found]]
#: For each condition of the bank, what finds it.
FINDERS: dict[str, Finder] = {}


def _condition(name: str) -> Callable[[Finder], Finder]:
    def register(finder: Finder) -> Finder:
        FINDERS[name] = finder
        return finder

    return register


def _about(s: Situation, item: Responsibility, **more: str) -> Found:
    role = s.bank.role[item.role]
    return Found(
        {"responsibility": item.name, "frequency": s.answers[item.id].phrase, **_named(role), **more}, frozenset([item])
    )


def _named(role: Role) -> dict[str, str]:
    return {"role": role.name, "roles": role.plural}


def _other(role: Role) -> dict[str, str]:
    return {"other_role": role.name, "other_roles": role.plural}


# What somebody does and what they want


@_condition("daily-but-hand-over")
def _daily_but_hand_over(s: Situation) -> Iterator[Found]:
    """Done as often as can be, and marked to be handed over."""
    return (_about(s, item) for item in s.wished("hand-over") if s.answers[item.id] == s.bank.scale[-1])


@_condition("hand-over")
def _hand_over(s: Situation) -> Iterator[Found]:
    """Done at all, and marked to be handed over."""
    return (_about(s, item) for item in s.wished("hand-over") if s.level(item) > 0)


@_condition("wants-less")
def _wants_less(s: Situation) -> Iterator[Found]:
    """A regular part of the weeks, and to be less of it."""
    return (_about(s, item) for item in s.wished("less") if s.regularly(item))


@_condition("wants-less-of-main-role")
def _wants_less_of_main_role(s: Situation) -> Iterator[Found]:
    """More than half of what the largest role of the mix answers for is wanted less or handed over."""
    for role in s.mix[:1]:
        unwanted = frozenset(item for item in s.wished("less", "hand-over") if item.role == role.id)
        if len(unwanted) > len(role.responsibilities) / 2:
            yield Found(_named(role), unwanted)


@_condition("wants-more")
def _wants_more(s: Situation) -> Iterator[Found]:
    """Done at all, and wanted more."""
    return (_about(s, item) for item in s.wished("more") if s.level(item) > 0)


@_condition("wish-to-start")
def _wish_to_start(s: Situation) -> Iterator[Found]:
    """To be started, and no regular part of the weeks yet."""
    return (_about(s, item) for item in s.wished("start") if not s.regularly(item))


@_condition("daily-outside-mix")
def _daily_outside_mix(s: Situation) -> Iterator[Found]:
    """Done as often as can be, though its role is not in the mix, nor in the other one of a tie."""
    for id, answer in s.answers.items():
        item = s.bank.responsibility[id]
        if s.mix and answer == s.bank.scale[-1] and s.bank.role[item.role] not in s.possible:
            yield _about(s, item)


# Where somebody is heading


@_condition("goal-but-less")
def _heading_but_less(s: Situation) -> Iterator[Found]:
    """Part of a role headed for, and marked to be less or handed over."""
    return (_about(s, item) for item in s.wished("less", "hand-over") if s.bank.role[item.role] in s.targets)


@_condition("goal-and-wish")
def _heading_and_wish(s: Situation) -> Iterator[Found]:
    """Part of a role headed for, and marked to be more or to be started."""
    return (_about(s, item) for item in s.wished("more", "start") if s.bank.role[item.role] in s.targets)


@_condition("goal-started")
def _heading_near(s: Situation) -> Iterator[Found]:
    """Something of the role headed for is a regular part of the weeks, something is not; the first step."""
    return (_about(s, item) for item, begun in _first_steps(s) if begun)


@_condition("goal-not-started")
def _heading_far(s: Situation) -> Iterator[Found]:
    """Nothing of the role headed for is a regular part of the weeks; the first step."""
    return (_about(s, item) for item, begun in _first_steps(s) if not begun)


@_condition("goal-reached")
def _heading_here(s: Situation) -> Iterator[Found]:
    """All of the role headed for is a regular part of the weeks."""
    return (Found(_named(role)) for role in s.targets if all(map(s.regularly, role.responsibilities)))


def _first_steps(s: Situation) -> Iterator[tuple[Responsibility, bool]]:
    """The first step to each role headed for, and whether something of that role is regularly done already."""
    said = {id: answer.id for id, answer in s.answers.items()}
    for role in s.targets:
        for step in steps(s.bank, said, role.id)[:1]:
            yield step.responsibility, any(map(s.regularly, role.responsibilities))


# The title and the practice


@_condition("title-role-not-in-mix")
def _title_role_not_in_mix(s: Situation) -> Iterator[Found]:
    """The title names a role that is not in the mix, nor in the other one of a tie; the other role is the largest."""
    titled = s.bank.role.get(s.title_role or "")
    if titled and s.mix and titled not in s.possible:
        yield Found({**_named(titled), **_other(s.mix[0])})


@_condition("role-hidden-by-title")
def _role_hidden_by_title(s: Situation) -> Iterator[Found]:
    """The mix holds a role beside the one that the title names, which is the other role; the largest such."""
    titled = s.bank.role.get(s.title_role or "")
    if titled and titled in s.mix:
        yield from (Found({**_named(role), **_other(titled)}) for role in s.mix if role != titled)


# The shape of the result


@_condition("tie")
def _tie(s: Situation) -> Iterator[Found]:
    """Two mixes fit about equally well; a role that only one of them has."""
    if s.result.kind == "tie":
        yield from (Found(_named(role)) for role in s.possible if (role in s.mix) != (role in s.result.other))


@_condition("leaning")
def _leaning(s: Situation) -> Iterator[Found]:
    """The mix leads the next best one by little."""
    if s.result.match.evidence == "leaning":
        yield Found({})


@_condition("one-role")
def _one_role(s: Situation) -> Iterator[Found]:
    """The mix is a single role."""
    if s.settled and len(s.mix) == 1:
        yield Found(_named(s.mix[0]))


@_condition("two-roles")
def _two_roles(s: Situation) -> Iterator[Found]:
    """The mix is two roles; the other role is the smaller."""
    if s.settled and len(s.mix) == 2:
        yield Found({**_named(s.mix[0]), **_other(s.mix[1])})


@_condition("many-roles")
def _many_roles(s: Situation) -> Iterator[Found]:
    """The mix is three roles or more; the largest."""
    if s.settled and len(s.mix) > 2:
        yield Found(_named(s.mix[0]))


@_condition("all-alike")
def _all_alike(s: Situation) -> Iterator[Found]:
    """Much of every role is reported, about equally."""
    if s.result.kind == "all":
        yield Found({})


@_condition("little")
def _little(s: Situation) -> Iterator[Found]:
    """Little of any role is reported."""
    if s.result.kind == "little":
        yield Found({})


@_condition("not-enough")
def _not_enough(s: Situation) -> Iterator[Found]:
    """Too little was answered, or reported, for a result."""
    if s.result.kind == "not-enough":
        yield Found({})


# The people around


@_condition("missing-contact")
def _missing_contact(s: Situation) -> Iterator[Found]:
    """A role that such a mix usually works with was not ticked, though others were; near the largest role first."""
    company = s.result.company
    if s.mix and company.reported:
        near = s.bank.neighbours(s.mix[0].id)
        yield from (Found(_named(role)) for role in sorted(company.missing, key=lambda role: role not in near))


@_condition("extra-contact")
def _extra_contact(s: Situation) -> Iterator[Found]:
    """A role was ticked that such a mix does not usually work with."""
    if s.mix:
        yield from (Found(_named(role)) for role in s.result.company.extra)


# Since last time


@_condition("answer-changed")
def _moved_since(s: Situation) -> Iterator[Found]:
    """An answer moved by at least two points of the scale; the furthest first."""
    moves = s.change.moves if s.change else ()
    return (
        _about(s, move.responsibility, previous_frequency=move.before.phrase) for move in moves if abs(move.by) >= FAR
    )


@_condition("mix-changed")
def _changed_since(s: Situation) -> Iterator[Found]:
    """The mix really changed: a role that joined, else the one that leads now, else one that left."""
    if s.change and s.change.verdict == "changed":
        leads = (s.change.leads,) if s.change.leads else ()
        yield from (Found(_named(role)) for role in (*s.change.joined, *leads, *s.change.left))


@_condition("mix-unchanged")
def _unchanged_since(s: Situation) -> Iterator[Found]:
    """There was an earlier result, and no real change."""
    if s.change and s.change.verdict in ("same", "noise"):
        yield Found({})


@_condition("always")
def _always(s: Situation) -> Iterator[Found]:
    """Whatever the result."""
    yield Found({})
