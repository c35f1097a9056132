"""The rows of the job that a person has as a goal."""

from __future__ import annotations

from quiz.bank import JobGoal
from quiz.storage.engine import Connection


def select_job_goal(db: Connection, response: int) -> JobGoal | None:
    """The job that the person with the response of this id has as a goal, or None."""
    rows = db.execute(
        "SELECT responsibility, name FROM job_goal WHERE response = ? ORDER BY responsibility", (response,)
    ).fetchall()
    if not rows:
        return None
    return JobGoal(name=rows[0][1], responsibilities=tuple(responsibility for responsibility, _ in rows))


def replace_job_goal(db: Connection, response: int, job_goal: JobGoal | None) -> bool:
    """Store `job_goal` instead of the one before; None only removes that. Returns whether a name was removed."""
    old = select_job_goal(db, response)
    db.execute("DELETE FROM job_goal WHERE response = ?", (response,))
    if job_goal:
        for responsibility in dict.fromkeys(job_goal.responsibilities):
            db.execute(
                "INSERT INTO job_goal (response, responsibility, name) VALUES (?, ?, ?)",
                (response, responsibility, job_goal.name),
            )
    return old is not None and (job_goal is None or job_goal.name != old.name)
