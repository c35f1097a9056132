"""The values of a bank. This module reads no file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from quiz.bank.talking_point import TalkingPoint

#: What a person can wish about a responsibility. The ids are fixed, each bank has its own labels.
WISHES = ("more", "as-is", "less", "hand-over", "start")

#: How much of a person's time goes to work that the quiz does not ask about. No bank defines these, and none is scored.
OTHER_WORK_SHARES = ("none", "quarter", "half", "three-quarters")


@dataclass(frozen=True)
class AnswerOption:
    """One answer on the scale. `level` is from 0 to 1, None for the answer that skips a question.

    `label` is the text of the choice, `phrase` is the same inside a sentence.
    """

    id: str
    label: str
    phrase: str
    level: float | None


@dataclass(frozen=True)
class FollowUpOption:
    """One answer to a follow-up question, which compares the time that two roles' work took.

    `label` is the text of the choice, `phrase` is the same inside a sentence. `in_mix` says whether the answer puts the
    role into the mix; otherwise it keeps it out.
    """

    id: str
    label: str
    phrase: str
    in_mix: bool


@dataclass(frozen=True)
class FollowUps:
    """The answers of one person to follow-up questions.

    `base` is the id of the role that the others were compared with, `answers` are answer ids by role id.
    """

    base: str
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class JobGoal:
    """A job that somebody has as a goal: the name that they gave it, and the ids of what it asks for."""

    name: str
    responsibilities: tuple[str, ...]


@dataclass(frozen=True)
class Stage:
    """One part of the flow of data. Every role belongs to a stage."""

    id: str
    name: str
    description: str


@dataclass(frozen=True)
class Responsibility:
    """One thing that a role is responsible for, with the question about it.

    `weekly_example` is one sentence on what it looks like in a week, empty if the bank has none. `viewer_question` is
    the question to somebody else about the person, empty if it is the same. `vocabulary` contains phrases by which
    people name such work; free text is compared with them. `role_vocabulary` contains phrases that come with it but say
    as much about the role's other work: languages, databases, ways of working. `file` and `line` are where it is
    defined.
    """

    id: str
    role: str
    name: str
    question: str
    hint: str
    weekly_example: str
    vocabulary: tuple[str, ...] = field(repr=False)  # hundreds of phrases
    file: Path = field(compare=False)
    line: int = field(compare=False)
    viewer_question: str = ""
    role_vocabulary: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Role:
    """One role: its purpose, its place in the flow of data, and the roles it usually works with.

    `position` is its place from top to bottom within the stage. `titles` are further job titles that mean this role,
    alone or inside a longer title. `whole_titles` mean it only if the title has nothing else but a level.
    """

    id: str
    name: str
    plural: str
    purpose: str
    contact_label: str
    stage: str
    position: float
    works_with: tuple[str, ...]
    responsibilities: tuple[Responsibility, ...] = field(repr=False)
    titles: tuple[str, ...] = ()
    whole_titles: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The name with a capital first letter."""
        return self.name[:1].upper() + self.name[1:]


@dataclass(frozen=True)
class Wish:
    """What a person can wish about a responsibility. `id` is one of `WISHES`."""

    id: str
    label: str
    phrase: str


@dataclass(frozen=True)
class TitleWords:
    """Words in job titles that belong to no role.

    `levels` say how senior somebody is, or nothing about the work. `other_jobs` are those of jobs that are none of the
    roles: a title with one of them names no role.
    """

    levels: tuple[str, ...] = ()
    other_jobs: tuple[str, ...] = ()


@dataclass(frozen=True)
class OtherWork:
    """Work that the quiz does not ask about and that people write about, such as leading people.

    `name` is how a sentence names it. Free text is compared with `vocabulary`.
    """

    id: str
    name: str
    vocabulary: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class ViewerTexts:
    """What reads differently if somebody else answers the questions about a person, in a second view.

    `stem` has the slot `{name}`. `lowest_label` is the text of the lowest answer; `skip_label` and `skip_phrase` are
    those of the answer that the viewer cannot see the work.
    """

    stem: str
    lowest_label: str
    skip_label: str
    skip_phrase: str


@dataclass(frozen=True)
class Bank:
    """All roles, responsibilities, questions, the answer scale and the pages.

    `roles` are in the order of the flow, `scale` is from least to most and does not contain `skip`. `wishes`,
    `talking_points`, `title_words`, `other_work` and `follow_ups` are empty if a bank has none. `follow_ups` are the
    answers to follow-up questions from most time to least; `skip` skips one too. `viewer_texts` is None if a bank has
    no second views.
    """

    name: str
    stem: str
    scale: tuple[AnswerOption, ...]
    skip: AnswerOption
    stages: tuple[Stage, ...]
    roles: tuple[Role, ...]
    min_page_size: int
    max_page_size: int
    wishes: tuple[Wish, ...] = ()
    talking_points: tuple[TalkingPoint, ...] = ()
    title_words: TitleWords = TitleWords()
    other_work: tuple[OtherWork, ...] = ()
    follow_ups: tuple[FollowUpOption, ...] = ()
    viewer_texts: ViewerTexts | None = None

    @cached_property
    def role(self) -> dict[str, Role]:
        """Roles by id."""
        return {role.id: role for role in self.roles}

    @cached_property
    def responsibility(self) -> dict[str, Responsibility]:
        """Responsibilities by id, role by role. This is the order of every vector of levels."""
        return {item.id: item for role in self.roles for item in role.responsibilities}

    @cached_property
    def option(self) -> dict[str, AnswerOption]:
        """All answers by id, `skip` last."""
        return {option.id: option for option in (*self.scale, self.skip)}

    @cached_property
    def follow_up_option(self) -> dict[str, FollowUpOption | AnswerOption]:
        """All answers to a follow-up question by id, `skip` last; none if the bank has no follow-up questions."""
        if not self.follow_ups:
            return {}
        options: tuple[FollowUpOption | AnswerOption, ...] = (*self.follow_ups, self.skip)
        return {option.id: option for option in options}

    @cached_property
    def wish(self) -> dict[str, Wish]:
        """Wishes by id."""
        return {wish.id: wish for wish in self.wishes}

    @cached_property
    def questions_in_order(self) -> tuple[Responsibility, ...]:
        """All responsibilities in the order in which their questions are asked.

        The first questions of all roles come first, then their second questions and so on. Two questions in a row are
        never about the same role if there are at least two roles. Roles that are neighbours in the flow do not follow
        each other, and each pass starts with another role, so that people notice no pattern.
        """
        mixed_roles = [*self.roles[0::2], *self.roles[1::2]]
        pass_count = max((len(role.responsibilities) for role in self.roles), default=0)
        order: list[Responsibility] = []
        for n in range(pass_count):
            start = 2 * n % len(mixed_roles)
            roles = [*mixed_roles[start:], *mixed_roles[:start]]
            pass_items = [role.responsibilities[n] for role in roles if n < len(role.responsibilities)]
            if order and len(pass_items) > 1 and order[-1].role == pass_items[0].role:
                pass_items.append(pass_items.pop(0))
            order += pass_items
        return tuple(order)

    @cached_property
    def pages(self) -> tuple[tuple[Responsibility, ...], ...]:
        """The questions of each page: as few pages as `max_page_size` allows, whose sizes differ by one at most."""
        questions = self.questions_in_order
        page_count = -(-len(questions) // self.max_page_size)
        small_size, larger_pages = divmod(len(questions), page_count)
        ends = [n * small_size + min(n, larger_pages) for n in range(page_count + 1)]
        return tuple(questions[start:end] for start, end in pairwise(ends))

    @cached_property
    def contacts(self) -> frozenset[tuple[str, str]]:
        """Pairs of roles that usually work together, each pair sorted. A pair needs to be named by one role only."""
        pairs = [(role.id, other) for role in self.roles for other in role.works_with]
        return frozenset((min(pair), max(pair)) for pair in pairs)

    def neighbours(self, role: str) -> tuple[Role, ...]:
        """The roles that `role` usually works with, in the order of the flow."""
        pairs = self.contacts
        return tuple(other for other in self.roles if (min(other.id, role), max(other.id, role)) in pairs)

    @cached_property
    def for_viewers(self) -> Bank:
        """The same bank with the texts for somebody else who answers about a person: all ids are the same.

        A bank without `viewer_texts` is returned as it is.
        """
        texts = self.viewer_texts
        if texts is None:
            return self
        lowest = replace(self.scale[0], label=texts.lowest_label)
        skip = replace(self.skip, label=texts.skip_label, phrase=texts.skip_phrase)
        roles = [replace(role, responsibilities=_for_viewers(role.responsibilities)) for role in self.roles]
        return replace(self, stem=texts.stem, scale=(lowest, *self.scale[1:]), skip=skip, roles=tuple(roles))

    @cached_property
    def version(self) -> str:
        """Twelve hexadecimal digits that change only if the questions or answers that people see change."""
        questions = sorted((item.id, item.question, item.hint) for item in self.questions_in_order)
        options = [(option.id, option.label) for option in self.option.values()]
        options += [(option.id, option.label) for option in self.follow_ups]
        content = json.dumps([self.stem, options, questions])
        return hashlib.sha256(content.encode()).hexdigest()[:12]


def _for_viewers(responsibilities: tuple[Responsibility, ...]) -> tuple[Responsibility, ...]:
    return tuple(replace(item, question=item.viewer_question or item.question) for item in responsibilities)
