"""Taking the quiz, page by page."""

from __future__ import annotations

from quiz.bank import Bank
from tests.visitor import Visitor


def everything(bank: Bank, answer: str, **but: str) -> dict[str, str]:
    """The same answer to every question, but for those named (with _ for -)."""
    return dict.fromkeys(bank.responsibility, answer) | {id.replace("_", "-"): value for id, value in but.items()}


def test_the_whole_way_leads_to_a_result(visitor: Visitor, bank: Bank):
    own = visitor.take(
        everything(bank, "never", pipelines="daily", data_quality="daily", ingest_transform_serve="weekly")
    )
    assert "You wear one hat: data engineer" in visitor.get(own).text
