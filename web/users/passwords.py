"""Passwords: hashed with argon2id, checked in the same time whether there is such a user or not."""

from __future__ import annotations

import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 10, 512
"""Characters."""
AT_ONCE = 2
"""Hashes computed at the same time: each takes 64 MiB."""


class Passwords:
    """Makes and checks hashes with the parameters that argon2-cffi recommends (RFC 9106, low memory)."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """`hasher` has other parameters, where those are wanted."""
        self._hasher = hasher or PasswordHasher()
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._nobody = ""

    def hash(self, password: str) -> str:
        """The hash to be stored."""
        with self._turns:
            return self._hasher.hash(_normal(password))

    def check(self, stored: str | None, password: str) -> bool:
        """Whether the password is right; without a stored hash, as for an unknown user, never, but as slowly."""
        known = stored or self._of_nobody()
        with self._turns:
            try:
                return self._hasher.verify(known, _normal(password)) and stored is not None
            except (VerificationError, InvalidHashError):
                return False

    def outdated(self, stored: str) -> bool:
        """Whether the hash was made with other parameters than the present ones."""
        return self._hasher.check_needs_rehash(stored)

    def _of_nobody(self) -> str:
        with self._lock:
            if not self._nobody:
                self._nobody = self.hash("nobody has this password")
            return self._nobody

    def prepare(self) -> None:
        """Make the hash that unknown users are checked with, so that the first of them does not take longer."""
        self._of_nobody()


def problem(password: str, name: str) -> str | None:
    """Why it cannot be the user's password; None where it can."""
    if not SHORTEST <= len(password) <= LONGEST:
        return f"a password has {SHORTEST} to {LONGEST} characters"
    if password.casefold() == name.casefold() or len(set(password)) < 4:
        return "that password is too easy to guess: choose another"
    return None


def _normal(password: str) -> bytes:
    # The same letters from another keyboard are the same password (RFC 8265); half a surrogate pair must not fail.
    return unicodedata.normalize("NFC", password).encode("utf8", "surrogatepass")
