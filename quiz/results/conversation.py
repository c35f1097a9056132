"""Everything that the page for a conversation shows: one result, what the person asks for and offers, and questions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from quiz.bank import MAX_ACTIONS, AgreedAction, AnswerOption, Bank, JobGoal, Responsibility, Role, Wish
from quiz.bank.answer_sheet import SheetRow
from quiz.results.goals import MIN_REGULAR_LEVEL, GoalDistance, JobGoalDistance, goal_distances, job_goal_distance
from quiz.results.result import Result, build_result
from quiz.results.second_view import SecondViewComparison
from quiz.results.since_last_time import SinceLastTime, Taking, WishChange, compare_takings
from quiz.results.talking_point_context import TalkingPointContext
from quiz.results.talking_points import choose_talking_points
from quiz.scoring import ScoringModel

#: With more roles than this, their answers are printed in narrower columns.
MAX_WIDE_COLUMNS = 4
#: How many changes since the last time are on the sheet. All of them are on the page about changes.
MAX_WISH_CHANGES = 3


class WishGroup(NamedTuple):
    """One wish with all responsibilities that it was chosen for."""

    wish: Wish
    responsibilities: tuple[Responsibility, ...]


class Offer(NamedTuple):
    """Work that the person would give up, all of it or a part.

    `answer` is how often it is done. `receiver` is its role if the person works with people of that role and does
    not have it: they could take it over.
    """

    responsibility: Responsibility
    wish: Wish
    answer: AnswerOption
    receiver: Role | None


@dataclass(frozen=True)
class Conversation:
    """Everything on the page for a conversation.

    `title` is the job title as typed. `asks` are the wishes for more and for something new, `offers` those for less, in
    the order of the bank; without those that the answers have fulfilled. `goals` are the distances to the goal roles,
    `job` that to the job goal. `since` is the comparison with the earlier response. `questions` are four to six
    questions to talk about. `agreed_lines` has the agreed action of each line of the sheet, None where
    the line is empty; `next_look` is the day on which the two look at them again, "" if none was named.
    """

    result: Result
    title: str
    asks: tuple[WishGroup, ...]
    offers: tuple[Offer, ...]
    goals: tuple[GoalDistance, ...]
    job: JobGoalDistance | None
    since: SinceLastTime | None
    questions: tuple[str, ...]
    agreed_lines: tuple[AgreedAction | None, ...]
    next_look: str

    @property
    def has_many_roles(self) -> bool:
        """Whether the answers need narrow columns to fit on one sheet of paper."""
        return len(self.result.cards) > MAX_WIDE_COLUMNS

    @property
    def has_background(self) -> bool:
        """Whether there is anything to say about the title, comparisons of time, or the contacts."""
        result = self.result
        return bool(result.job_title or result.comparisons.changed_mix or result.contacts.reported)

    @property
    def wish_changes(self) -> tuple[WishChange, ...]:
        """The first changes since the last time that fit into a sentence."""
        changes = self.since.wish_changes if self.since else ()
        return tuple(change for change in changes if not change.unknown_because)[:MAX_WISH_CHANGES]

    @property
    def regular_work(self) -> tuple[SheetRow, ...]:
        """What the person does regularly, also outside the mix, the most frequent first."""
        return tuple(row for row in self.result.sheet.reported if row.level >= MIN_REGULAR_LEVEL)

    @property
    def first_tasks(self) -> tuple[Responsibility, ...]:
        """What the person asks for and the steps to the goals, each once: the lead can look for a task of this kind."""
        asked = [item for group in self.asks for item in group.responsibilities]
        steps = [step.responsibility for distance in self.goals for step in distance.steps]
        steps += [step.responsibility for step in (self.job.steps if self.job else ())]
        return tuple(dict.fromkeys([*asked, *steps]))


def build_conversation(
    bank: Bank,
    model: ScoringModel,
    taking: Taking,
    *,
    contacts: Collection[str],
    title: str,
    other_work_share: str = "",
    next_look: str = "",
    job_goal: JobGoal | None = None,
    earlier: Taking | None = None,
    second_view: SecondViewComparison | None = None,
) -> Conversation:
    """The page for a conversation about one response.

    `second_view` is None if there is none, or if its questions are not to be on the page. `earlier` is None without an
    earlier response.
    """
    result = build_result(
        bank,
        model,
        taking.answers,
        contacts,
        taking.wishes,
        title=title,
        follow_ups=taking.follow_ups,
        other_work_share=other_work_share,
    )
    since = compare_takings(bank, model, earlier, taking) if earlier else None
    context = TalkingPointContext(
        bank,
        result,
        wishes=taking.wishes,
        goals=tuple(taking.goals),
        comparison=since.comparison if since else None,
        second_view=second_view,
    )
    talking_points = choose_talking_points(context)
    action_of_number = {action.number: action for action in taking.agreed_actions}
    return Conversation(
        result=result,
        title=title,
        asks=_asks(bank, context),
        offers=_offers(bank, context),
        goals=goal_distances(
            bank, model, taking.answers, taking.goals, contacts, follow_ups=taking.follow_ups, wishes=taking.wishes
        ),
        job=job_goal_distance(bank, taking.answers, job_goal, taking.wishes) if job_goal else None,
        since=since,
        questions=tuple(talking_point.text for talking_point in talking_points),
        agreed_lines=tuple(action_of_number.get(number) for number in range(1, MAX_ACTIONS + 1)),
        next_look=next_look,
    )


def _asks(bank: Bank, context: TalkingPointContext) -> tuple[WishGroup, ...]:
    """The wishes for more, and to start what is not done regularly yet."""
    groups = []
    for wish in bank.wishes:
        if wish.id not in ("more", "start"):
            continue
        items = [item for id, item in bank.responsibility.items() if context.wishes.get(id) == wish.id]
        if wish.id == "start":
            items = [item for item in items if not context.is_regular(item)]
        if items:
            groups.append(WishGroup(wish, tuple(items)))
    return tuple(groups)


def _offers(bank: Bank, context: TalkingPointContext) -> tuple[Offer, ...]:
    """The wishes for less and to hand over, of what is done at all."""
    own_roles = {role.id for role in context.mix_and_alternative}
    offers = []
    for id, item in bank.responsibility.items():
        wish = bank.wish.get(context.wishes.get(id, ""))
        if wish is None or wish.id not in ("less", "hand-over") or not context.level(item):
            continue
        has_receiver = item.role in context.result.contact_ids and item.role not in own_roles
        offers.append(Offer(item, wish, context.answers[id], bank.role[item.role] if has_receiver else None))
    return tuple(offers)
