"""The needs of open teams: how many people should do each responsibility."""

from __future__ import annotations

from quiz.storage.engine import Tables
from quiz.teams.needs import Needs


class TeamNeeds(Tables):
    """Reads and writes needs. They are deleted with their team."""

    def load_needs(self, team: int) -> dict[str, int]:
        """The needs of a team (an id) by responsibility; empty if none are set."""
        with self.read_transaction() as db:
            sql = "SELECT responsibility, people FROM need WHERE team = ? ORDER BY responsibility"
            return dict(db.execute(sql, (team,)).fetchall())

    def save_needs(self, lead_hash: str, needs: Needs) -> bool:
        """Replace the needs of an open team; those for nobody are left out. False if there is no such open team."""
        with self.write_transaction() as db:
            row = db.execute("SELECT id FROM team WHERE lead_hash = ? AND kind = 'open'", (lead_hash,)).fetchone()
            if row is None:
                return False
            db.execute("DELETE FROM need WHERE team = ?", row)
            for responsibility, people in needs.items():
                if people > 0:
                    insert = "INSERT INTO need (team, responsibility, people) VALUES (?, ?, ?)"
                    db.execute(insert, (row[0], responsibility, people))
            return True
