"""Saved searches and digests as people type them; the mail goes through a real server."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import text

from models.session import make_engine, write_session
from tests.cli.calling import call


class Box:
    """Keeps what arrives."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], bytes]] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        self.mails.append((envelope.rcpt_tos, envelope.content))
        return "250 OK"


@pytest.fixture
def post() -> Iterator[tuple[Box, dict[str, str]]]:
    """A mail server, and the settings that lead to it."""
    box = Box()
    with socket.create_server(("127.0.0.1", 0)) as probe:  # the controller connects to the port that it is given
        port = probe.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    settings = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(port), "SMTP_TLS": "false"}
    yield box, {f"PACTWATCH_{name}": value for name, value in settings.items()}
    server.stop()


@pytest.fixture
def unseen(copied: Path) -> Path:
    """A folder with two saved searches whose owners have seen nothing yet."""
    for name, query, about in (
        ("mous", '"memorandum of understanding"', "documents"),
        ("eit", "with=EIT Health&kind=mou", "partnerships"),
    ):
        assert call(copied, "saved", "add", name, query, "--about", about).code == 0
    engine = make_engine(f"sqlite:///{copied / 'pactwatch.db'}")
    with write_session(engine) as session:
        session.execute(text("UPDATE saved_search SET seen_revision = 0"))
    engine.dispose()
    return copied


def test_saved_searches_are_listed_with_what_is_new(unseen: Path) -> None:
    (rows,) = call(unseen, "saved", "list", "--json").rows
    news = {row["name"]: (row["about"], row["new"]) for row in rows}
    assert news["mous"][0] == "documents"
    assert news["mous"][1] > 0
    assert news["eit"] == ("partnerships", 1)


def test_a_feed_is_written_in_both_formats(unseen: Path, tmp_path: Path) -> None:
    assert call(unseen, "saved", "feed", "eit", "-o", str(tmp_path / "eit.atom")).code == 0
    titles = [node.text for node in ET.parse(tmp_path / "eit.atom").iter() if node.tag.endswith("}title")]
    assert titles[0] == "eit"
    assert titles[1].startswith("mou: EIT Health + ")
    assert call(unseen, "saved", "feed", "eit", "-o", str(tmp_path / "eit.json"), "-f", "json").code == 0
    assert json.loads((tmp_path / "eit.json").read_text())["items"][0]["title"] == titles[1]


def test_a_digest_is_sent_once(unseen: Path, post: tuple[Box, dict[str, str]]) -> None:
    box, settings = post
    ran = call(unseen, "digest", "--mail", "analyst@example.org", **settings)
    assert ran.code == 0, ran.err
    ((to, content),) = box.mails
    assert to == ["analyst@example.org"]
    mail = message_from_bytes(content, policy=policy.default)
    assert mail["Subject"].startswith("Pactwatch: ")
    assert "mou: EIT Health + " in mail.get_content()
    again = call(unseen, "digest", "--mail", "analyst@example.org", **settings)
    assert "nothing new" in again.out
    assert len(box.mails) == 1


def test_a_digest_that_cannot_be_sent_stays_unseen(unseen: Path) -> None:
    nowhere = {"PACTWATCH_SMTP_HOST": "127.0.0.1", "PACTWATCH_SMTP_PORT": "9"}
    ran = call(unseen, "digest", "--mail", "analyst@example.org", **nowhere)
    assert ran.code == 2
    assert "mail server 127.0.0.1:9" in ran.err
    assert "1 new partnership" in call(unseen, "digest", "--keep").out


def test_without_a_mail_server_nothing_is_tried(unseen: Path) -> None:
    ran = call(unseen, "digest", "--mail", "analyst@example.org")
    assert ran.code == 2
    assert "PACTWATCH_SMTP_HOST" in ran.err


def test_an_unknown_name_is_said(filled: Path) -> None:
    ran = call(filled, "saved", "remove", "no such search")
    assert ran.code == 2
    assert "there is no saved search 'no such search'" in ran.err
