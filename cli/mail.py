"""Sending a mail through the operator's server."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from typing import TYPE_CHECKING

from cli.errors import CommandError, first_line

if TYPE_CHECKING:
    from config.settings import Settings

TIMEOUT = 30.0
"""Seconds until the server is given up."""


def send(settings: Settings, to: str, subject: str, text: str) -> None:
    """Send a plain text; raises CommandError with the server's reason where it cannot be sent."""
    message = EmailMessage()
    try:
        message["From"], message["To"], message["Subject"] = settings.smtp_from, to, subject
    except ValueError as err:  # a line break in an address
        raise CommandError(f"{to!r} is no mail address: {first_line(err)}") from err
    message.set_content(text)
    try:
        with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT) as server:
            if settings.smtp_tls:
                server.starttls()
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as err:
        where = f"{settings.smtp_host}:{settings.smtp_port}"
        raise CommandError(f"mail server {where}: {first_line(err)}: see PACTWATCH_SMTP_* in docs/settings.md") from err
