"""Which secret key a database is used with: share links and join links are derived from the key."""

from __future__ import annotations

from quiz.storage.engine import Tables


class Identity(Tables):
    """Reads and writes the fingerprint of the secret key (see `quiz.config.secret_key.fingerprint`)."""

    def is_same_key(self, fingerprint: str) -> bool:
        """Whether the database was used with this key before. A database without a fingerprint gets this one."""
        with self.read_transaction() as db:
            stored = db.execute("SELECT key_fingerprint FROM database_identity").fetchone()[0]
        if stored is None:
            self.accept_key(fingerprint)
        return stored in (None, fingerprint)

    def accept_key(self, fingerprint: str) -> None:
        """Store the fingerprint of the key that is used from now on."""
        with self.write_transaction() as db:
            db.execute("UPDATE database_identity SET key_fingerprint = ?", (fingerprint,))
