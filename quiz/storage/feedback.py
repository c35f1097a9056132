"""What people say about their results, as rows of a response."""

from __future__ import annotations

from quiz.results.feedback import Feedback
from quiz.storage.engine import Connection


def select_feedback(db: Connection, response: int) -> Feedback | None:
    """The feedback of a response, or None."""
    row = db.execute("SELECT fits FROM feedback WHERE response = ?", (response,)).fetchone()
    if row is None:
        return None
    roles = db.execute("SELECT role, verdict FROM feedback_role WHERE response = ? ORDER BY role", (response,))
    return Feedback(row[0], dict(roles.fetchall()))


def replace_feedback(db: Connection, response: int, feedback: Feedback | None) -> None:
    """Store the feedback of a response instead of what was stored before; None deletes it."""
    db.execute("DELETE FROM feedback_role WHERE response = ?", (response,))
    db.execute("DELETE FROM feedback WHERE response = ?", (response,))
    if feedback is None:
        return
    db.execute("INSERT INTO feedback (response, fits) VALUES (?, ?)", (response, feedback.fits))
    for role, verdict in feedback.roles.items():
        db.execute("INSERT INTO feedback_role (response, role, verdict) VALUES (?, ?, ?)", (response, role, verdict))
