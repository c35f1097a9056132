"""Where a mix is in the flow of data, and which reported contacts are before it, in its stages and after it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from quiz.bank import Bank, Role


@dataclass(frozen=True)
class FlowPosition:
    """The names of the stages that have a role of the mix, and the contacts next to them, in the order of the flow.

    `within` are the contacts in the stages from the first to the last one of the mix.
    """

    stages: tuple[str, ...]
    before: tuple[Role, ...]
    within: tuple[Role, ...]
    after: tuple[Role, ...]


def flow_position(bank: Bank, mix: Collection[str], contacts: Collection[str]) -> FlowPosition | None:
    """The position of `mix` in the flow, None without a mix. Both arguments are role ids.

    Examples
    --------
    >>> from quiz import bank
    >>> from quiz.config import paths
    >>> shipped = bank.load(paths.project_folder("questions"))
    >>> position = flow_position(shipped, ["data-analyst"], ["data-engineer", "data-scientist"])
    >>> position.stages, [role.name for role in position.before], [role.name for role in position.within]
    (('Use',), ['data engineer'], ['data scientist'])
    """
    if not mix:
        return None
    place_of_stage = {stage.id: place for place, stage in enumerate(bank.stages)}
    mix_places = {place_of_stage[bank.role[id].stage] for id in mix}
    first, last = min(mix_places), max(mix_places)
    reported = sorted((role for role in bank.roles if role.id in contacts), key=lambda role: place_of_stage[role.stage])
    places = [(role, place_of_stage[role.stage]) for role in reported]
    return FlowPosition(
        stages=tuple(stage.name for place, stage in enumerate(bank.stages) if place in mix_places),
        before=tuple(role for role, place in places if place < first),
        within=tuple(role for role, place in places if first <= place <= last),
        after=tuple(role for role, place in places if place > last),
    )
