"""Whole lists as files, which say what was asked, when, and how the sources stood; references; pictures."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import bibtexparser
import httpx
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
import rispy
from PIL import Image

from search.pages_network import Edge, Network, Node
from tests.web.browser import REQUIRED
from tests.web.conftest import SCRIPT, Filled
from web.picture import PictureError, draw_network, has_fonts, png
from web.streams import pieces

LETTERS = pytest.mark.skipif(
    not has_fonts() and not REQUIRED, reason="no fonts on this machine: apt-get install fonts-dejavu-core"
)
QUERY = {"q": "memorandum", "theme": "health-data", "limit": "1"}
ASKED = "query: q=memorandum & theme=health-data ·"
STOOD = "1 of 2 sources healthy · quiet degraded (never good)"


def test_a_csv_says_what_was_asked_and_how_the_sources_stood(client: httpx.Client) -> None:
    answer = client.get("/api/v1/search.csv", params=QUERY)
    line = answer.content.decode("utf-8-sig").splitlines()[0]
    assert line.startswith("# Pactwatch documents · ")
    assert ASKED in line and line.endswith(STOOD)
    assert unquote(answer.headers["pactwatch-about"]) == line.removeprefix("# ")
    frame = pd.read_csv(io.BytesIO(answer.content), comment="#", encoding="utf-8-sig")
    assert frame["title"].tolist() == ["Two sign"]


def test_the_line_can_be_left_out_and_the_header_still_has_it(client: httpx.Client) -> None:
    answer = client.get("/api/v1/search.csv", params=QUERY | {"about": "false"})
    assert answer.content.decode("utf-8-sig").startswith("id,url,title,")
    assert ASKED in unquote(answer.headers["pactwatch-about"])


def test_the_other_formats_say_it_where_their_readers_look(client: httpx.Client) -> None:
    get = lambda ending: io.BytesIO(client.get(f"/api/v1/search.{ending}", params=QUERY).content)  # noqa: E731
    assert ASKED in pd.read_parquet(get("parquet")).attrs["pactwatch"]["line"]
    assert b"pactwatch" in pq.read_schema(get("parquet")).metadata
    assert ASKED in json.loads(get("jsonl").read().splitlines()[0])["_about"]["line"]
    assert ASKED in str(openpyxl.load_workbook(get("xlsx"))["About"]["B1"].value)
    assert ASKED in get("bib").read().decode().splitlines()[0]
    assert ASKED in get("ris").read().decode().splitlines()[0]
    graph = ElementTree.fromstring(client.get("/api/v1/network.graphml?kind=mou").content)
    desc = graph.findtext("{http://graphml.graphdrawing.org/xmlns}desc")
    assert desc is not None and "query: kind=mou ·" in desc and desc.endswith(STOOD)


def test_a_search_comes_as_references(client: httpx.Client, filled: Filled) -> None:
    bib = client.get("/api/v1/search.bib?q=memorandum")
    assert bib.headers["content-type"].startswith("application/x-bibtex")
    library = bibtexparser.parse_string(bib.text)
    assert library.failed_blocks == [] and len(library.entries) == 3
    assert f"pactwatch{filled.document}" in library.entries_dict
    assert SCRIPT in "".join(entry.fields_dict["title"].value for entry in library.entries)
    records: list[Any] = rispy.loads(client.get("/api/v1/search.ris?q=memorandum").text)
    assert {record["title"] for record in records} == {"Two sign", "A memorandum of data", f"=1+1 {SCRIPT}"}
    assert client.get("/api/v1/search.bib?q=(mou").status_code == 400
    assert len(rispy.loads(client.get("/api/v1/documents.ris").text)) == 4


def test_one_document_comes_as_a_reference(client: httpx.Client, filled: Filled) -> None:
    (record,) = rispy.loads(client.get(f"/api/v1/documents/{filled.document}.ris").text)
    assert record["title"] == "Two sign"
    assert f"/api/v1/documents/{filled.document}.bib" in client.get(f"/documents/{filled.document}").text
    assert client.get("/api/v1/documents/99999.bib").status_code == 404
    assert client.get(f"/api/v1/documents/{filled.document}.csv").status_code == 422
    assert client.get("/api/v1/partnerships.bib").status_code == 422


def test_what_stands_above_the_rows_is_sent_before_the_first_is_read() -> None:
    read: list[int] = []

    def rows() -> Iterator[dict[str, int]]:
        for number in range(100_000):
            read.append(number)
            yield {"n": number}

    sending = pieces(rows(), {"n": int}, "csv")
    assert next(sending) == b"\xef\xbb\xbfn\r\n"
    assert read == []
    next(sending)
    assert len(read) <= 51
    sending.close()


@LETTERS
def test_the_network_comes_as_a_picture_with_names_that_can_be_read(client: httpx.Client) -> None:
    answer = client.get("/network.png?width=1000&kind=mou")
    assert answer.headers["content-type"] == "image/png"
    picture = Image.open(io.BytesIO(answer.content)).convert("L")
    assert picture.width == 1000 and picture.height > 640
    root = ElementTree.fromstring(client.get("/network.svg?kind=mou").content)
    names = [one for one in root.iter("{http://www.w3.org/2000/svg}text") if one.get("y") and one.text]
    assert {"EIT Health", "BioMed Alliance"} < {one.text for one in names}
    assert any("query: kind=mou" in str(one.text) for one in names)
    for one in names:
        x, y = float(one.get("x", 0)), float(one.get("y", 0))
        wide = 6 * len(str(one.text))
        left = x - wide if one.get("text-anchor") == "end" else x
        dark = sum(
            1 for value in picture.crop((int(left), int(y) - 10, int(left + wide), int(y))).tobytes() if value < 140
        )
        assert dark > 8 * len(str(one.text)), one.text
    bare = client.get("/network.svg?kind=mou&about=false").text
    assert "Pactwatch network" not in bare


def test_an_empty_network_is_no_picture_but_a_message(client: httpx.Client) -> None:
    for ending in ("png", "svg"):
        answer = client.get(f"/network.{ending}?kind=licence")
        assert answer.status_code == 404
        assert "nothing to draw: take a filter away" in answer.text
    for wrong in ("width=100", "width=100000", "width=x", "most=9999"):
        assert client.get(f"/network.png?{wrong}").status_code == 422
    assert client.get("/network.gif").status_code == 422


@LETTERS
def test_the_largest_network_is_drawn_and_odd_names_are_no_markup(client: httpx.Client) -> None:
    odd = f"{SCRIPT} & \x01\x0b שלום 🧬"
    nodes = tuple(Node(number, odd, "project", None, 2) for number in range(1, 121))
    edges = tuple(Edge(number, number + 1, 1, ("mou",), None) for number in range(1, 120))
    made = draw_network(Network(nodes, edges, 120, 119), odd * 200)
    assert "<script" not in made
    assert ElementTree.fromstring(made).tag.endswith("svg")
    assert png(made, 4000).startswith(b"\x89PNG")
    with pytest.raises(PictureError, match="nothing to draw"):
        draw_network(Network((), (), 0, 0))


@LETTERS
def test_without_fonts_it_is_known_that_names_cannot_be_drawn() -> None:
    assert has_fonts()
    assert not has_fonts(without_system=True)
