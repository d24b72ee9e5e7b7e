"""Every page has its screenshots in the documentation: light, dark and on a phone."""

from __future__ import annotations

import re

from PIL import Image

from tests.web.screenshots import FOLDER, GALLERY, LOOKS, OPEN, SIGNED, gallery
from tests.web.test_fuzz import PAGES

SHOTS = {**OPEN, **SIGNED}
OTHER = {"/network.{format}", "/saved/{number}.{kind}", "/saved/{number}", "/documents/{number}/capture"}
"""What is no page of ours: files, feeds, a way to another page, an archived capture."""


def test_every_page_is_shown() -> None:
    addresses = [re.sub(r"\{\w+\}", "1", address).partition("?")[0] for address in SHOTS.values()]
    missing = [
        route.path
        for route in PAGES
        if route.path not in OTHER and not any(route.path_regex.fullmatch(address) for address in addresses)
    ]
    assert missing == []


def test_the_screenshots_are_there_in_every_look_and_small() -> None:
    wanted = {f"{name}{ending}.png" for name in SHOTS for ending in LOOKS}
    assert {path.name for path in FOLDER.glob("*.png")} == wanted
    assert sum(path.stat().st_size for path in FOLDER.glob("*.png")) < 4_000_000
    for name in SHOTS:
        for ending, look in LOOKS.items():
            with Image.open(FOLDER / f"{name}{ending}.png") as picture:
                assert picture.width == look["viewport"]["width"], name


def test_the_gallery_shows_them_all() -> None:
    assert GALLERY.read_text("utf8") == gallery()
