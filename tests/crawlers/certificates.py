"""Certificates as they should be and as they should not, made by an authority of our own."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Signer = tuple[x509.Name, ec.EllipticCurvePrivateKey]


def authority(folder: Path) -> tuple[Path, Signer]:
    """A new authority: its certificate as a file, and what signs others."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("The tests' authority")
    path = folder / "authority.pem"
    path.write_bytes(_certificate(name, key, (name, key), days=9, names=(), is_authority=True))
    return path, (name, key)


def context(folder: Path, signer: Signer | None, *names: str, days: int = 1) -> ssl.SSLContext:
    """A server's side of TLS with a certificate for these names; it is its own signer where none is given."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(names[0])
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / f"{names[0]}{days}.pem"
    certificate = _certificate(name, key, signer or (name, key), days, names)
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, *plain) + certificate)
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(path)
    return made


def chosen_by_name(default: ssl.SSLContext, others: dict[str, ssl.SSLContext]) -> ssl.SSLContext:
    """A context that turns into another one where a name is asked for that has its own."""

    def choose(connection: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: ssl.SSLContext) -> None:
        connection.context = others.get(name or "", default)

    default.sni_callback = choose
    return default


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: Signer,
    days: int,
    names: tuple[str, ...],
    *,
    is_authority: bool = False,
) -> bytes:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder(signer[0], subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in names]), False)
    return builder.sign(signer[1], hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
