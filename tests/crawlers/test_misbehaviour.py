"""Servers that misbehave: each case ends in one outcome with its own name, and the rest of the crawl goes on."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import brotli
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from crawlers.contract import OutcomeKind
from tests.crawlers.conftest import Crawled
from tests.crawlers.site import Handler, Site, drip, endless, reset, short

Crawl = Callable[..., Crawled]


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def tls_port(tmp_path: Path) -> Iterator[int]:
    """A TLS server whose certificate nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    both = tmp_path / "both.pem"
    both.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, *plain) + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(30)
        threading.Thread(target=_shake_hands, args=(listening, context), daemon=True).start()
        yield int(listening.getsockname()[1])


def _shake_hands(listening: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        try:
            context.wrap_socket(connection, server_side=True).close()
        except OSError:
            connection.close()


def misbehave(site: Site, closed_port: int, tls_port: int) -> dict[str, str]:
    """Set every trap; answers the verdict that each path must end in."""
    site.add("/robots.txt", "User-agent: *\nDisallow: /\n\nUser-agent: Pactwatch-test\nDisallow: /secret", "text/plain")
    site.add("/forbidden", "no", status=403)
    site.add("/broken", "oh", status=500)
    site.redirect("/loop-a", "/loop-b")
    site.redirect("/loop-b", "/loop-a")
    site.redirect("/to-secret", "/secret")
    site.redirect("/to-ftp", "ftp://files.test/a.pdf")
    site.redirect("/to-nowhere", "http://[broken/")
    site.redirect("/to-elsewhere", "http://other.test/")
    site.answers |= {"/endless": endless, "/drip": drip, "/reset": reset, "/short": short}
    site.add("/film", b"\x00" * 1000, "video/mp4")
    site.add("/binary", b"\x89PNG\r\n\x1a\n\x00\x00" * 9, "text/html")
    site.add("/plain", "just text", "text/plain")
    site.add("/nothing", "")
    site.add("/blank", " \n ")
    site.add("/no-content", "", status=204)
    site.add("/charset", "<html><p>\xe9t\xe9</p></html>".encode("latin-1"), "text/html; charset=utf-8")
    site.add("/charset-unknown", "<html><p>x</p></html>", "text/html; charset=klingon")
    site.add("/big", "<p>" + "x" * 300_000)
    site.add("/bomb", gzip.compress(b"<p>" + b"0" * 9_000_000), Content_Encoding="gzip")
    site.add("/bomb-br", brotli.compress(b"<p>" + b"0" * 9_000_000), Content_Encoding="br")
    site.add("/bad-gzip", b"\x1f\x8b\x08nonsense", Content_Encoding="gzip")
    site.add("/not-modified", "", status=304)
    site.page("/secret")
    site.page("/good")
    return {
        "missing": "failed status-404",
        "forbidden": "failed status-403",
        "broken": "failed status-500",
        "loop-a": "failed redirect-loop",
        "to-secret": "filtered robots",
        "to-ftp": "filtered scheme",
        "to-nowhere": "failed bad-redirect",
        "to-elsewhere": "filtered host",
        "endless": "filtered too-large",
        "drip": "unreachable timeout",
        "reset": "unreachable reset",
        "short": "failed wrong-length",
        "film": "filtered type",
        "binary": "filtered type",
        "plain": "filtered type",
        "nothing": "failed empty-body",
        "blank": "failed empty-body",
        "no-content": "failed status-204",
        "charset": "fetched",
        "charset-unknown": "fetched",
        "big": "filtered too-large",
        "bomb": "filtered too-large",
        "bomb-br": "filtered too-large",
        "bad-gzip": "failed bad-encoding",
        "not-modified": "failed status-304",
        "secret": "filtered robots",
        "good": "fetched",
        f"http://127.0.0.1:{closed_port}/refused": "unreachable refused",
        f"https://127.0.0.1:{tls_port}/tls": "unreachable tls",
        "http://no-such-host.invalid/dns": "unreachable dns",
        "http://127.0.0.1:99999/port": "filtered not-a-url",
    }


def test_every_kind_of_misbehaviour_has_its_own_name(site: Site, crawl: Crawl, closed_port: int, tls_port: int) -> None:
    expected = misbehave(site, closed_port, tls_port)
    urls = [path if "://" in path else site.url(f"/{path}") for path in expected]
    feed = site.feed("/feed", *urls)
    crawled = crawl("feed", feed, hosts=["no-such-host.invalid"], max_body_bytes=200_000, timeout=2.0)
    found = {outcome.url: " ".join(filter(None, (outcome.outcome, outcome.reason))) for outcome in crawled.outcomes}
    assert found == {feed: "fetched", **dict(zip(urls, expected.values(), strict=True))}
    assert site.asked("/secret") == 0


@pytest.mark.parametrize(
    ("body", "media"),
    [("<html><body>Sorry</body></html>", "text/html"), ("{broken", "application/json"), ("junk", "text/plain")],
)
def test_a_feed_that_is_none_fails_by_name(site: Site, crawl: Crawl, body: str, media: str) -> None:
    assert crawl("feed", site.add("/feed", body, media)).verdicts() == {"feed": "failed broken-feed"}


def test_a_feed_with_errors_is_read_as_far_as_it_goes(site: Site, crawl: Crawl) -> None:
    page = site.page("/one")
    feed = site.add(
        "/feed", f"<rss><channel><item><title>A & B</title><link>{page}</link></item><item><tit", "text/xml"
    )
    crawled = crawl("feed", feed)
    assert crawled.verdicts() == {"feed": "fetched", "one": "fetched"}
    assert "ill-formed" in (crawled[feed].detail or "")


def test_retry_after_is_obeyed_and_the_retry_counts_once(site: Site, crawl: Crawl) -> None:
    answers = iter([429, 503, 200])

    def busy(handler: Handler) -> None:
        status = next(answers)
        handler.reply(status, b"<html>now</html>", {"Retry-After": "1", "Content-Type": "text/html"})

    site.answers["/busy"] = busy
    assert crawl("feed", site.feed("/feed", site.url("/busy")), retries=2).verdicts()["busy"] == "fetched"
    assert site.asked("/busy") == 3


def test_a_host_that_asks_for_a_long_rest_is_left_alone(site: Site, crawl: Crawl) -> None:
    site.add("/busy", "later", status=429, Retry_After="86400")
    site.page("/other")
    crawled = crawl("feed", site.feed("/feed", site.url("/busy"), site.url("/other")), retries=2, per_host=1)
    assert crawled.verdicts() == {"feed": "fetched", "busy": "failed status-429", "other": "failed retry-after"}
    assert (site.asked("/busy"), site.asked("/other")) == (1, 0)


def test_a_connection_that_breaks_off_is_tried_again(site: Site, crawl: Crawl) -> None:
    answers = iter([reset, short])

    def shaky(handler: Handler) -> None:
        next(answers, lambda h: h.reply(200, b"<html>x</html>"))(handler)

    site.answers["/shaky"] = shaky
    assert crawl("page", site.url("/shaky"), retries=2).verdicts() == {"shaky": "fetched"}


@pytest.mark.parametrize(("status", "verdict"), [(500, "filtered robots-unavailable"), (403, "fetched")])
def test_robots_txt_that_fails_is_read_as_rfc_9309_says(site: Site, crawl: Crawl, status: int, verdict: str) -> None:
    site.add("/robots.txt", "User-agent: *\nDisallow: /", "text/plain", status=status)
    assert crawl("page", site.page("/one")).verdicts() == {"one": verdict}
    assert site.asked("/one") == (verdict == "fetched")


def test_a_crawl_that_runs_out_of_time_accounts_for_what_is_left(site: Site, crawl: Crawl) -> None:
    pages = [site.page(f"/p{n}") for n in range(40)]
    crawled = crawl("feed", site.feed("/feed", *pages), delay=0.3, per_host=1, max_seconds=2.0)
    assert crawled.done is not None
    assert crawled.done["reason"] == "max-seconds"
    left = [outcome for outcome in crawled.outcomes if outcome.reason == "limit"]
    assert len(crawled.outcomes) == 41
    assert 20 < len(left) < 41
    assert {outcome.outcome for outcome in left} == {OutcomeKind.FILTERED}


def test_a_redirect_leaves_its_target_in_the_outcome_of_what_was_asked(site: Site, crawl: Crawl) -> None:
    target = site.page("/new")
    crawled = crawl("page", site.redirect("/old", "/new", status=301))
    assert crawled[site.url("/old")].final_url == target
