"""The archive of WARC files: a folder, or any fsspec URL. Files are put whole and read record by record."""

from __future__ import annotations

import gzip
import os
import shutil
import uuid
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import fsspec
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from pipeline.errors import ArchiveError, ArchiveUnreachableError, explain_os_error, one_line

MAX_RECORD_BYTES = 500_000_000
"""Largest record, in bytes after decompression, that is read: ten times what a crawl keeps by default."""


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
        target = self._path(name)
        try:
            if self._size(target) == local_file.stat().st_size:
                return
            if self._local:
                _copy_local(local_file, Path(target))
            else:
                self._fs.put_file(str(local_file), target)
        except OSError as err:
            raise ArchiveUnreachableError(explain_os_error(err, f"archive {self.url}: cannot store {name}")) from err
        except Exception as err:  # every fsspec backend has its own (botocore, paramiko, …)
            raise ArchiveUnreachableError(f"archive {self.url}: cannot store {name}: {one_line(err)}") from err

    def read(self, file: str, offset: int, length: int) -> tuple[dict[str, str], bytes]:
        """Read one record by one ranged read; return its HTTP headers (names in lower case) and its payload.

        Raises ArchiveError where that record is missing or damaged, ArchiveUnreachableError where the archive is.
        """
        where = f"archive {self.url}: {file} at byte {offset}"
        member = self._range(file, offset, length, where)
        try:
            raw = _gunzip(member)
            record = next(iter(ArchiveIterator(BytesIO(raw))))
            if record.rec_type != "response" or record.http_headers is None:
                raise ArchiveError(f"{where}: not a response record but {record.rec_type!r}")
            headers = {name.lower(): value for name, value in record.http_headers.headers}
            return headers, record.content_stream().read()
        except (EOFError, zlib.error, gzip.BadGzipFile, ArchiveLoadFailed, StopIteration, ValueError) as err:
            raise ArchiveError(f"{where}: the record is damaged: {one_line(err)}") from err

    def reachable(self) -> bool:
        """Whether the archive's root can be listed."""
        try:
            return bool(self._fs.exists(self._root))
        except Exception:  # noqa: BLE001  # every fsspec backend has its own errors; all mean the same here
            return False

    def _path(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"

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
                message = "cannot be reached: check the setting archive_url and that it is mounted"
                raise ArchiveUnreachableError(f"archive {self.url}: {message}") from err
            raise ArchiveError(f"{where}: no such file in the archive") from err
        except OSError as err:
            raise ArchiveUnreachableError(explain_os_error(err, where)) from err
        except Exception as err:  # every fsspec backend has its own (botocore, paramiko, …)
            raise ArchiveUnreachableError(f"{where}: {one_line(err)}") from err
        if len(data) < length:
            raise ArchiveError(f"{where}: the record is cut off: {len(data)} of {length} bytes are there")
        return data


def _copy_local(source: Path, target: Path) -> None:
    # Written beside its final name, flushed to the disk, then renamed: a reader sees the whole file or none.
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{uuid.uuid4().hex}.part")
    try:
        with source.open("rb") as src, part.open("wb") as out:
            shutil.copyfileobj(src, out, 1 << 20)
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
