"""The archive of WARC files: a folder, or any fsspec URL. Files are put whole and read record by record.

A run's folder in it holds the WARC files as crawled and, from the run's intake on, their index (`pipeline.cdxj`).
"""

from __future__ import annotations

import gzip
import os
import shutil
import uuid
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import fsspec
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from pipeline.errors import ArchiveError, ArchiveUnreachableError, explain_os_error, one_line

MAX_RECORD_BYTES = 500_000_000
"""Largest record, in bytes after decompression, that is read: ten times what a crawl keeps by default."""


RESPONSE, REVISIT = "response", "revisit"
NOT_MODIFIED = "server-not-modified"
"""End of the profile of a revisit after a 304 (WARC 1.1, section 6.7.3)."""
UNREACHED = "cannot be reached: check the setting archive_url and that it is mounted"


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it lies in the archive; a revisit has no body of its own."""

    kind: str
    """``response`` or ``revisit``."""
    warc: dict[str, str]
    """WARC headers, spelt as in the standard."""
    status: str
    headers: dict[str, str]
    """HTTP headers, names in lower case."""
    body: bytes

    @property
    def digest(self) -> str | None:
        """``sha256:<hex>`` of the payload; none after a 304."""
        return self.warc.get("WARC-Payload-Digest")

    @property
    def not_modified(self) -> bool:
        """Whether it is the revisit of a 304."""
        return self.warc.get("WARC-Profile", "").endswith(NOT_MODIFIED)

    @property
    def original(self) -> tuple[str, int, int] | None:
        """File, offset and length of the record that a revisit stands for, where it says so."""
        try:
            return (
                self.warc["WARC-Refers-To-Filename"],
                int(self.warc["WARC-Refers-To-File-Offset"]),
                int(self.warc["WARC-Refers-To-File-Length"]),
            )
        except (KeyError, ValueError):
            return None


class Archive:
    """Where WARC files are kept for good; names are paths relative to its root (``RUN/00000.warc.gz``)."""

    def __init__(self, url: str) -> None:
        """Open the archive at `url`, a folder or an fsspec URL such as ``s3://bucket/path``; nothing is created yet."""
        try:
            self._fs, self._root = fsspec.core.url_to_fs(url)
        except (ImportError, ValueError) as err:
            raise ArchiveUnreachableError(f"archive {url}: {one_line(err)}: check the setting archive_url") from err
        self.url = url
        self._local = "file" in self._fs.protocol if isinstance(self._fs.protocol, tuple) else False

    def put(self, local_file: Path, name: str) -> None:
        """Copy a file into the archive, all or nothing; a file of the same name and size is already there and stays.

        Raises ArchiveUnreachableError where the archive cannot be written.
        """
        with self._storing(name) as target:
            if self._size(target) == local_file.stat().st_size:
                return
            if self._local:
                with local_file.open("rb") as source:
                    _write_local(source, Path(target))
            else:
                self._fs.put_file(str(local_file), target)

    def put_bytes(self, data: bytes, name: str) -> None:
        """Write a small file into the archive as `put` does; nothing of it is written anywhere else before."""
        with self._storing(name) as target:
            if self._size(target) == len(data):
                return
            if self._local:
                _write_local(BytesIO(data), Path(target))
            else:
                self._fs.pipe_file(target, data)

    @contextmanager
    def _storing(self, name: str) -> Iterator[str]:
        try:
            yield self._path(name)
        except OSError as err:
            raise ArchiveUnreachableError(explain_os_error(err, f"archive {self.url}: cannot store {name}")) from err
        except Exception as err:  # every fsspec backend has its own (botocore, paramiko, …)
            raise ArchiveUnreachableError(f"archive {self.url}: cannot store {name}: {one_line(err)}") from err

    def read(self, file: str, offset: int, length: int) -> tuple[dict[str, str], bytes]:
        """The HTTP headers (names in lower case) and the payload of one capture; a revisit gives its original's.

        One ranged read, two for a revisit. After a 304, the headers are those of the original where it says nothing
        else (RFC 9111, section 3.2). Raises ArchiveError where the record, or its original, is missing, damaged or of
        another payload, ArchiveUnreachableError where the archive is.
        """
        record = self.record(file, offset, length)
        if record.kind == RESPONSE:
            return record.headers, record.body
        where = f"{self._where(file, offset)}: a revisit"
        place = record.original
        if place is None:
            raise ArchiveError(f"{where} that does not say where its original lies")
        original = self.record(*place)
        if original.kind != RESPONSE:
            raise ArchiveError(f"{where} of {place[0]} at byte {place[1]}, which is no response but {original.kind!r}")
        if record.digest and original.digest and record.digest != original.digest:
            raise ArchiveError(f"{where} of {place[0]} at byte {place[1]}, which has another payload")
        return (original.headers | record.headers if record.not_modified else record.headers), original.body

    def record(self, file: str, offset: int, length: int) -> Record:
        """Read one record as it lies in the archive, by one ranged read; errors as `read`."""
        where = self._where(file, offset)
        member = self._range(file, offset, length, where)
        try:
            found = next(iter(ArchiveIterator(BytesIO(_gunzip(member)))))
            if found.rec_type not in {RESPONSE, REVISIT} or found.http_headers is None:
                raise ArchiveError(f"{where}: not a response or revisit but {found.rec_type!r}")
            return Record(
                found.rec_type,
                dict(found.rec_headers.headers),
                found.http_headers.get_statuscode(),
                {name.lower(): value for name, value in found.http_headers.headers},
                found.content_stream().read(),
            )
        except (EOFError, zlib.error, gzip.BadGzipFile, ArchiveLoadFailed, StopIteration, ValueError) as err:
            raise ArchiveError(f"{where}: the record is damaged: {one_line(err)}") from err

    def files(self, suffix: str) -> Iterator[str]:
        """Names of all files that end so, sorted; raises ArchiveUnreachableError where there is no archive."""
        try:
            self._fs.invalidate_cache()
            found = self._fs.find(self._root) if self._fs.exists(self._root) else None
        except Exception as err:  # every fsspec backend has its own errors
            raise ArchiveUnreachableError(f"archive {self.url}: {one_line(err)}") from err
        if found is None:
            raise ArchiveUnreachableError(f"archive {self.url}: {UNREACHED}")
        yield from (name for name in map(self._name, sorted(found)) if name.endswith(suffix))

    def whole(self, names: Sequence[str]) -> dict[str, bytes]:
        """The contents of some small files, read side by side where the archive is remote; errors as `read`."""
        where = f"archive {self.url}: {', '.join(names[:3])}"
        try:
            found: dict[str, bytes] = self._fs.cat([self._path(name) for name in names], on_error="raise")
        except FileNotFoundError as err:
            raise ArchiveError(f"{where}: no such file in the archive") from err
        except Exception as err:  # every fsspec backend has its own errors
            raise ArchiveUnreachableError(f"{where}: {one_line(err)}") from err
        return {self._name(path): data for path, data in found.items()}

    def reachable(self) -> bool:
        """Whether the archive's root can be listed."""
        try:
            return bool(self._fs.exists(self._root))
        except Exception:  # noqa: BLE001  # every fsspec backend has its own errors; all mean the same here
            return False

    def _where(self, file: str, offset: int) -> str:
        return f"archive {self.url}: {file} at byte {offset}"

    def _path(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"

    def _name(self, path: str) -> str:
        return path.removeprefix(self._root.rstrip("/")).lstrip("/")

    def _size(self, path: str) -> int | None:
        try:
            size: Any = self._fs.info(path)["size"]
        except FileNotFoundError:
            return None
        return int(size)

    def _range(self, file: str, offset: int, length: int, where: str) -> bytes:
        try:
            data: bytes = self._fs.cat_file(self._path(file), start=offset, end=offset + length)
        except FileNotFoundError as err:
            if not self.reachable():
                raise ArchiveUnreachableError(f"archive {self.url}: {UNREACHED}") from err
            raise ArchiveError(f"{where}: no such file in the archive") from err
        except OSError as err:
            raise ArchiveUnreachableError(explain_os_error(err, where)) from err
        except Exception as err:  # every fsspec backend has its own (botocore, paramiko, …)
            raise ArchiveUnreachableError(f"{where}: {one_line(err)}") from err
        if len(data) < length:
            raise ArchiveError(f"{where}: the record is cut off: {len(data)} of {length} bytes are there")
        return data


def _write_local(source: IO[bytes], target: Path) -> None:
    # Written beside its final name, flushed to the disk, then renamed: a reader sees the whole file or none.
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{uuid.uuid4().hex}.part")
    try:
        with part.open("wb") as out:
            shutil.copyfileobj(source, out, 1 << 20)
            out.flush()
            os.fsync(out.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _gunzip(member: bytes) -> bytes:
    # Unlike warcio's own reader this checks the length and the CRC at the end of the member, and bounds the result.
    with gzip.GzipFile(fileobj=BytesIO(member)) as stream:
        raw = stream.read(MAX_RECORD_BYTES + 1)
    if len(raw) > MAX_RECORD_BYTES:
        raise ValueError(f"larger than {MAX_RECORD_BYTES} bytes when unpacked")
    return raw
