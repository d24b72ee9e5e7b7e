"""The one error of this package: a mistake in something a person wrote."""

from __future__ import annotations


class ConfigError(Exception):
    """A mistake in a setting or a declaration; the message is one line: what, where, how to mend it."""
