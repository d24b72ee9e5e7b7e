"""The network as a picture: SVG with a caption that says what it shows, and PNG of the same."""

from __future__ import annotations

import functools
import textwrap
from dataclasses import dataclass
from pathlib import Path

import resvg_py
from jinja2 import Environment

from search.pages_network import Network
from web.drawing import Drawing, draw
from web.graphml import NO_XML
from web.templating import make_templates

SVG_TYPE, PNG_TYPE = "image/svg+xml", "image/png"
PICTURE_WIDTH = 2000
"""Pixels of a PNG from left to right, unless something else is asked."""
CAPTION_LETTERS = 150
"""Characters of a line of the caption."""
CAPTION_LINES = 5
CAPTION_LINE = 17.0
"""Height of a line of the caption, in units of the drawing."""
FONTS = (
    "this machine has no fonts, so the names would be missing: install one (Debian: fonts-dejavu-core), or take the SVG"
)
PROBE = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><text y="15">{}</text></svg>'


class PictureError(Exception):
    """The picture cannot be made; one line that says why and what to do."""


@dataclass(frozen=True, slots=True)
class CaptionLine:
    """A line below the drawing."""

    text: str
    y: float


def svg(templates: Environment, drawing: Drawing, caption: str | None = None) -> str:
    """The drawing as a file of its own; raises `PictureError` where it is empty."""
    if not drawing.dots:
        raise PictureError("no partnerships meet all of that, so there is nothing to draw: take a filter away")
    cut = textwrap.wrap(caption or "", CAPTION_LETTERS, max_lines=CAPTION_LINES, placeholder=" …")
    lines = [CaptionLine(text, drawing.height + CAPTION_LINE * (place + 0.6)) for place, text in enumerate(cut)]
    height = drawing.height + (CAPTION_LINE * (len(lines) + 0.5) if lines else 0)
    made = templates.get_template("network.svg").render(
        drawing=drawing, height=round(height), caption=lines, about=caption
    )
    return NO_XML.sub("", made)


def draw_network(network: Network, caption: str | None = None) -> str:
    """A network as SVG, for whoever has no site at hand; raises `PictureError` where it is empty."""
    return svg(make_templates(Path(__file__).parent / "templates"), draw(network), caption)


def png(picture: str, width: int) -> bytes:
    """An SVG as PNG of a width in pixels; raises `PictureError` where letters cannot be drawn."""
    if not has_fonts():
        raise PictureError(FONTS)
    return resvg_py.svg_to_bytes(svg_string=picture, width=width)


@functools.cache
def has_fonts(*, without_system: bool = False) -> bool:
    """Whether letters can be drawn: a word and its lack do not look alike."""
    word, blank = (
        resvg_py.svg_to_bytes(svg_string=PROBE.format(text), skip_system_fonts=without_system) for text in ("Who", "")
    )
    return word != blank
