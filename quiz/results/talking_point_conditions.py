"""The conditions of talking points: for each one a function that yields what meets it in a result.

The bank names the conditions and the slots that each one fills (`quiz.bank.CONDITIONS`). A function gets the
context and yields a `ConditionMatch` for everything that meets its condition, the best first; mostly none or one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from quiz.bank import Responsibility, Role
from quiz.results.goals import goal_steps
from quiz.results.second_view import SecondViewComparison, SecondViewRow
from quiz.results.talking_point_context import TalkingPointContext

#: A change of an answer by fewer points of the scale than this may be chance.
MIN_CHANGE_STEPS = 2


class ConditionMatch(NamedTuple):
    """One thing that meets a condition: the values for the slots, and the responsibilities and roles that it is about.

    Two talking points of one result are never about the same one.
    """

    slots: Mapping[str, str]
    targets: frozenset[Responsibility | Role] = frozenset()


ConditionFunction = Callable[[TalkingPointContext], Iterator[ConditionMatch]]
#: The function of each condition of the bank.
CONDITION_FUNCTIONS: dict[str, ConditionFunction] = {}


def _condition(name: str) -> Callable[[ConditionFunction], ConditionFunction]:
    def register(function: ConditionFunction) -> ConditionFunction:
        CONDITION_FUNCTIONS[name] = function
        return function

    return register


def _about(context: TalkingPointContext, item: Responsibility, **more_slots: str) -> ConditionMatch:
    """A match about one responsibility; about its role too, if that is a goal."""
    role = context.bank.role[item.role]
    frequency = context.answers[item.id].phrase
    slots = {"responsibility": item.name, "frequency": frequency, **_role_slots(role)} | more_slots
    targets: frozenset[Responsibility | Role] = frozenset([item])
    if role in context.goal_roles:
        targets |= {role}
    return ConditionMatch(slots, targets)


def _about_role(role: Role, *others: Responsibility | Role) -> ConditionMatch:
    """A match about a role, and about `others`."""
    return ConditionMatch(_role_slots(role), frozenset([role, *others]))


def _about_two_roles(role: Role, other: Role) -> ConditionMatch:
    return ConditionMatch({**_role_slots(role), **_other_role_slots(other)}, frozenset([role, other]))


def _role_slots(role: Role) -> dict[str, str]:
    return {"role": role.name, "roles": role.plural}


def _other_role_slots(role: Role) -> dict[str, str]:
    return {"other_role": role.name, "other_roles": role.plural}


# What somebody does and what they want


@_condition("daily-but-hand-over")
def _daily_but_hand_over(context: TalkingPointContext) -> Iterator[ConditionMatch]:
    """Done as often as the scale allows, with the wish to hand it over."""
    for item in context.responsibilities_with_wish("hand-over"):
        if context.answers[item.id] == context.bank.scale[-1]:
            yield _about(context, item)


@_condition("hand-over")
def _hand_over(context: TalkingPointContext) -> Iterator[ConditionMatch]:
    """Done at least sometimes, with the wish to hand it over."""
    for item in context.responsibilities_with_wish("hand-over"):
        if context.level(item) > 0:
            yield _about(context, item)


@_condition("wants-less")
def _wants_less(context: TalkingPointContext) -> Iterator[ConditionMatch]:
    """Done regularly, with the wish for less."""
    for item in context.responsibilities_with_wish("less"):
        if context.is_regular(item):
            yield _about(context, item)


@_condition("wants-less-of-main-role")
def _wants_less_of_main_role(context: TalkingPointContext) -> Iterator[ConditionMatch]:
    """More than half of the main role's responsibilities are wanted less or are to be handed over."""
    if not context.mix:
        return
    main_role = context.mix[0]
    unwanted = [item for item in context.responsibilities_with_wish("less", "hand-over") if item.role == main_role.id]
    if len(unwanted) > len(main_role.responsibilities) / 2:
        yield _about_role(main_role, *unwanted)


@_condition("wants-more")
def _wants_more(context: TalkingPointContext) -> Iterator[ConditionMatch]:
    """Done at least sometimes, with the wish for more."""
    for item in context.responsibilities_with_wish("more"):
        if context.level(item) > 0:
            yield _about(context, item)


@_condition("wish-to-start")
def _wish_to_start(context: TalkingPointContext) -> Iterator[ConditionMatch]:
    """Not done regularly, with the wish to start."""
    for item in context.responsibilities_with_wish("start"):
        if not context.is_regular(item):
            yield _about(context, item)


@_condition("daily-outside-mix")
def _daily_outside_mix(context: TalkingPointContext) -> Iterator[ConditionMatch]:
    """Done as often as the scale allows, although its role is neither in the mix nor in the alternative of a tie."""
    if not context.mix:
        return
    for id, answer in context.answers.items():
        item = context.bank.responsibility[id]
        role = context.bank.role[item.role]
        if answer == context.bank.scale[-1] and role not in context.mix_and_alternative:
            yield _about(context, item)


# Goals


@_condition("goal-but-less")
def _goal_but_less(context: TalkingPointContext) -> Iterator[ConditionMatch]:
    """Part of a goal role, with the wish for less or to hand it over."""
    for item in context.responsibilities_with_wish("less", "hand-over"):
        if context.bank.role[item.role] in context.goal_roles:
            yield _about(context, item)


@_condition("goal-and-wish")
def _goal_and_wish(context: TalkingPointContext) -> Iterator[ConditionMatch]:
    """Part of a goal role, with the wish for more or to start."""
    for item in context.responsibilities_with_wish("more", "start"):
        if context.bank.role[item.role] in context.goal_roles:
            yield _about(context, item)


@_condition("goal-started")
def _goal_started(context: TalkingPointContext) -> Iterator[ConditionMatch]:
    """The first step to a goal role of which something is done regularly already, but not all."""
    for item, has_started in _first_steps(context):
        if has_started:
            yield _about(context, item)


@_condition("goal-not-started")
def _goal_not_started(context: TalkingPointContext) -> Iterator[ConditionMatch]:
    """The first step to a goal role of which nothing is done regularly."""
    for item, has_started in _first_steps(context):
        if not has_started:
            yield _about(context, item)


@_condition("goal-reached")
def _goal_reached(context: TalkingPointContext) -> Iterator[ConditionMatch]:
    """All of a goal role is done regularly."""
    for role in context.goal_roles:
        if all(context.is_regular(item) for item in role.responsibilities):
            yield _about_role(role)


def _first_steps(context: TalkingPointContext) -> Iterator[tuple[Responsibility, bool]]:
    """The first step to each goal role, and whether something of that role is done regularly already."""
    answer_ids = {id: answer.id for id, answer in context.answers.items()}
    for role in context.goal_roles:
        steps = goal_steps(context.bank, answer_ids, role.id, context.wishes)
        if steps:
            has_started = any(context.is_regular(item) for item in role.responsibilities)
            yield steps[0].responsibility, has_started


# The job title and the answers


@_condition("title-role-not-in-mix")
def _title_role_not_in_mix(context: TalkingPointContext) -> Iterator[ConditionMatch]:
    """No role of the title is in the mix or in the alternative; the other role is the main one."""
    job_title = context.result.job_title
    if job_title and job_title.verdict == "not-in-mix":
        yield _about_two_roles(job_title.roles[0], context.mix[0])


@_condition("role-hidden-by-title")
def _role_hidden_by_title(context: TalkingPointContext) -> Iterator[ConditionMatch]:
    """The mix has a role of the title, which is the other role, and one that the title does not name."""
    job_title = context.result.job_title
    if not job_title or not context.mix:
        return
    confirmed_roles = [role for role in context.mix if role in job_title.roles]
    for role in job_title.other_roles:
        if confirmed_roles:
            yield _about_two_roles(role, confirmed_roles[0])


# The kind of result


@_condition("tie")
def _tie(context: TalkingPointContext) -> Iterator[ConditionMatch]:
    """Two mixes fit about equally well; a role that only one of them has."""
    if context.result.kind == "tie":
        for role in context.mix_and_alternative:
            if (role in context.mix) != (role in context.result.alternative_mix):
                yield _about_role(role)


@_condition("leaning")
def _leaning(context: TalkingPointContext) -> Iterator[ConditionMatch]:
    """The mix fits only a little better than the next one."""
    if context.result.match.evidence == "leaning":
        yield ConditionMatch({})


@_condition("one-role")
def _one_role(context: TalkingPointContext) -> Iterator[ConditionMatch]:
    """The mix is one role."""
    if context.has_one_mix and len(context.mix) == 1:
        yield _about_role(context.mix[0])


@_condition("two-roles")
def _two_roles(context: TalkingPointContext) -> Iterator[ConditionMatch]:
    """The mix is two roles; the other role is the smaller one."""
    if context.has_one_mix and len(context.mix) == 2:
        yield _about_two_roles(context.mix[0], context.mix[1])


@_condition("many-roles")
def _many_roles(context: TalkingPointContext) -> Iterator[ConditionMatch]:
    """The mix is three roles or more; the role is the largest one."""
    if context.has_one_mix and len(context.mix) > 2:
        yield _about_role(context.mix[0])


@_condition("all-alike")
def _all_alike(context: TalkingPointContext) -> Iterator[ConditionMatch]:
    """Much of every role was reported, about equally."""
    if context.result.kind == "all":
        yield ConditionMatch({})


@_condition("little")
def _little(context: TalkingPointContext) -> Iterator[ConditionMatch]:
    """Little of any role was reported."""
    if context.result.kind == "little":
        yield ConditionMatch({})


@_condition("not-enough")
def _not_enough(context: TalkingPointContext) -> Iterator[ConditionMatch]:
    """Too few questions were answered for a result."""
    if context.result.kind == "not-enough":
        yield ConditionMatch({})


# Contacts


@_condition("missing-contact")
def _missing_contact(context: TalkingPointContext) -> Iterator[ConditionMatch]:
    """A usual contact of this mix was not reported, but others were; neighbours of the main role first."""
    contacts = context.result.contacts
    if context.mix and contacts.reported:
        neighbours = context.bank.neighbours(context.mix[0].id)
        for role in sorted(contacts.missing, key=lambda role: role not in neighbours):
            yield _about_role(role)


@_condition("extra-contact")
def _extra_contact(context: TalkingPointContext) -> Iterator[ConditionMatch]:
    """A contact was reported that is unusual for this mix."""
    if context.mix:
        for role in context.result.contacts.unusual:
            yield _about_role(role)


# Changes since an earlier result


@_condition("answer-changed")
def _answer_changed(context: TalkingPointContext) -> Iterator[ConditionMatch]:
    """An answer changed by at least two points of the scale; the greatest change first."""
    changes = context.comparison.answer_changes if context.comparison else ()
    for change in changes:
        if abs(change.steps) >= MIN_CHANGE_STEPS:
            yield _about(context, change.responsibility, earlier_frequency=change.before.phrase)


@_condition("mix-changed")
def _mix_changed(context: TalkingPointContext) -> Iterator[ConditionMatch]:
    """The mix changed by more than noise: the added roles, then a new main role, then the removed roles.

    Only what agrees with the mix of the result, from which the comparison may leave out comparisons of time.
    """
    comparison = context.comparison
    if comparison and comparison.verdict == "changed":
        roles_now = (*context.result.roles, *context.result.alternative_mix)
        new_main_role = [comparison.new_main_role] if comparison.new_main_role else []
        present = [role for role in (*comparison.added_roles, *new_main_role) if role in roles_now]
        absent = [role for role in comparison.removed_roles if role not in roles_now]
        for role in (*present, *absent):
            yield _about_role(role)


@_condition("mix-unchanged")
def _mix_unchanged(context: TalkingPointContext) -> Iterator[ConditionMatch]:
    """There was an earlier result, and no real change; both with their comparisons of time."""
    comparison = context.comparison
    if comparison and comparison.verdict in ("same", "noise") and not comparison.leaves_out_follow_ups:
        yield ConditionMatch({})


# The second view. The answers are those at its opening, whatever was changed since.


@_condition("work-not-seen")
def _work_not_seen(context: TalkingPointContext) -> Iterator[ConditionMatch]:
    """Done regularly and not seen by the viewer, or seen at least two steps less often."""
    if context.second_view:
        for row in (*context.second_view.not_seen, *context.second_view.seen_less):
            yield _about_view(context, context.second_view, row)


@_condition("seen-more")
def _seen_more(context: TalkingPointContext) -> Iterator[ConditionMatch]:
    """Seen by the viewer at least two steps more often than the person says."""
    if context.second_view:
        for row in context.second_view.seen_more:
            yield _about_view(context, context.second_view, row, seen_frequency=row.seen.phrase)


@_condition("matters-most-not-done")
def _matters_most_not_done(context: TalkingPointContext) -> Iterator[ConditionMatch]:
    """Among what matters most to the viewer, and hardly done."""
    if context.second_view:
        for row in context.second_view.priorities_hardly_done:
            yield _about_view(context, context.second_view, row)


def _about_view(
    context: TalkingPointContext, second_view: SecondViewComparison, row: SecondViewRow, **more_slots: str
) -> ConditionMatch:
    slots = {"viewer": second_view.viewer_name, "frequency": row.own.phrase}
    return _about(context, row.responsibility, **slots, **more_slots)


@_condition("always")
def _always(context: TalkingPointContext) -> Iterator[ConditionMatch]:
    """Every result meets this condition."""
    yield ConditionMatch({})
