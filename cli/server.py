"""Whether the Prefect server of the settings answers."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

from cli.errors import CommandError

if TYPE_CHECKING:
    from config.settings import Settings

MEND = "start it (`pactwatch up`), or correct or unset PACTWATCH_PREFECT_API_URL"
SECONDS = 5


def prefect_problem(url: str) -> str | None:
    """Why the server at this API URL (``http://host:4200/api``) cannot be used; None where it can."""
    try:
        with urllib.request.urlopen(f"{url.rstrip('/')}/health", timeout=SECONDS) as answer:
            return None if answer.status == 200 else f"{url} answers with status {answer.status}"
    except (OSError, ValueError, http.client.HTTPException) as err:
        return f"{url} does not answer: {getattr(err, 'reason', None) or err}"


def require_prefect(loaded: Settings) -> None:
    """Raise CommandError where the server does not answer."""
    problem = prefect_problem(loaded.prefect_api_url)
    if problem:
        raise CommandError(f"Prefect server {problem}: {MEND}")
