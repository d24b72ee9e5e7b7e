"""Near-duplicates share a story, whatever comes first; stories fall apart when texts change; both databases."""

from __future__ import annotations

import random
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text as sql

from models.session import make_engine, write_session
from pipeline.load import LoadItem, catch_up, load_batch
from pipeline.near.shingles import shingles
from pipeline.near.similar import days_of, in_time, near
from tests.pipeline.load.world import SITE, World, found, pact, read
from tests.pipeline.near.texts import edited, laid_out, words

ALL = words(200, 3)
TEXT = laid_out(ALL)
COPY = laid_out(edited(ALL, 6, 1))
FAR_COPY = laid_out(edited(edited(ALL, 6, 1), 6, 2))
"""Near to `COPY`, not to `TEXT`."""


def stories(world: World) -> set[frozenset[str]]:
    """The documents of each story, by the last part of their URLs."""
    groups: dict[int, set[str]] = defaultdict(set)
    for url, story in world.rows("document", "url, story_id"):
        groups[story].add(url.removeprefix(f"{SITE}/"))
    return {frozenset(group) for group in groups.values()}


def said(world: World, path: str, body: str, published: str | None = "2021-04-05") -> LoadItem:
    return world.item(path, read(body, published=published, published_from=published and "meta"), found())


def consistent(world: World) -> None:
    """Every text that is said has one row, every row is said, every story is used, every band has its text."""
    texts = {digest: (id_, story) for id_, digest, story in world.rows("story_text", "id, digest, story_id")}
    told = {(digest, story) for digest, story in world.rows("document", "text_digest, story_id")}
    assert told == {(digest, story) for digest, (_, story) in texts.items()}
    by_story = dict(world.rows("story", "id, digest"))
    assert set(by_story) == {story for _, story in told}
    assert all(texts[digest][1] == story for story, digest in by_story.items())
    assert {row[0] for row in world.rows("story_band", "text_id")} <= {id_ for id_, _ in texts.values()}
    assert world.rows("story_text WHERE signature IS NULL") == []


def test_a_near_copy_that_comes_later_joins_the_story_and_other_texts_do_not(world: World) -> None:
    world.load(said(world, "a", TEXT), said(world, "other", laid_out(words(200, 9))))
    world.load(said(world, "b", COPY, "2021-04-09"))
    assert stories(world) == {frozenset("ab"), frozenset({"other"})}
    consistent(world)


def test_near_copies_of_one_batch_share_a_story(world: World) -> None:
    world.load(*(said(world, path, body) for path, body in (("a", TEXT), ("b", COPY), ("c", TEXT))))
    assert stories(world) == {frozenset("abc")}
    consistent(world)


def test_a_text_between_two_stories_joins_them_and_parts_them_when_it_changes(world: World) -> None:
    world.load(said(world, "a", TEXT), said(world, "c", FAR_COPY))
    assert stories(world) == {frozenset("a"), frozenset("c")}
    before = world.revision()
    world.load(said(world, "b", COPY))
    assert stories(world) == {frozenset("abc")}
    moved = [path for path, revision in world.rows("document", "url, revision") if revision > before]
    assert len(moved) >= 2  # what joined, and at least one whose story is another one now: the index holds it
    world.next_run()
    before = world.revision()
    world.load(said(world, "b", laid_out(words(150, 8))))
    assert stories(world) == {frozenset("a"), frozenset("b"), frozenset("c")}
    consistent(world)
    assert len([1 for (revision,) in world.rows("document", "revision") if revision > before]) == 2


def test_the_next_announcement_in_the_same_words_is_another_story(world: World) -> None:
    world.load(said(world, "spring", TEXT, "2021-04-05"), said(world, "next-year", COPY, "2022-04-04"))
    assert stories(world) == {frozenset({"spring"}), frozenset({"next-year"})}
    world.next_run()
    world.load(said(world, "next-year", COPY, "2021-05"))  # the date was wrong
    assert stories(world) == {frozenset({"spring", "next-year"})}
    world.next_run()
    world.load(said(world, "next-year", COPY, "2022"))
    assert stories(world) == {frozenset({"spring"}), frozenset({"next-year"})}
    consistent(world)


def test_equal_texts_are_one_story_whenever_they_appear(world: World) -> None:
    world.load(said(world, "a", TEXT, "2019-01-01"))
    world.load(said(world, "b", TEXT, "2023-01-01"), said(world, "c", COPY, "2021-01-01"))
    assert stories(world) == {frozenset("abc")}  # c lies between the days on which its copy was published


def test_short_texts_are_copies_only_where_they_are_equal(world: World) -> None:
    body = "The site is closed for maintenance until Monday at nine."
    world.load(said(world, "a", body), said(world, "b", body), said(world, "c", body.replace("nine", "ten")))
    assert stories(world) == {frozenset("ab"), frozenset("c")}
    consistent(world)


def test_a_partnership_counts_stories_and_follows_them(world: World) -> None:
    names = "Alpha Centre", "Beta Institute"
    first = "Alpha Centre signed with Beta Institute.\n"
    world.load(world.item("a", *pact(first + TEXT, *names)), world.item("c", *pact(first + FAR_COPY, *names)))
    assert world.rows("partnership", "reports_count, sources_count") == [(2, 2)]
    world.load(world.item("b", *pact(first + COPY, *names)))
    assert world.rows("partnership", "reports_count, sources_count") == [(3, 1)]
    world.next_run()
    world.load(world.item("b", *pact(first + laid_out(words(100, 7)), *names)))
    assert world.rows("partnership", "reports_count, sources_count") == [(3, 3)]


def test_what_was_loaded_before_is_found_by_a_process_that_starts_anew(world: World) -> None:
    world.load(said(world, "a", TEXT))
    world.engine.dispose()
    again = make_engine(world.engine.url.render_as_string(hide_password=False))
    item = said(world, "b", COPY)
    with write_session(again) as session:
        load_batch(session, [item])
    again.dispose()
    assert stories(world) == {frozenset("ab")}


def test_workers_at_once_make_the_same_stories(world: World) -> None:
    bodies = {f"{letter}{n}": edited(words(150, n), 2, ord(letter)) for n in range(4) for letter in "abc"}
    work = [said(world, path, laid_out(body)) for path, body in bodies.items()]

    def load(items: Sequence[LoadItem]) -> None:
        for at in range(0, len(items), 2):
            with write_session(world.engine) as session:
                load_batch(session, items[at : at + 2])

    with ThreadPoolExecutor(3) as pool:
        for future in [pool.submit(load, work[n::3]) for n in range(3)]:
            future.result()
    assert stories(world) == {frozenset(f"{letter}{n}" for letter in "abc") for n in range(4)}
    consistent(world)


def test_stored_texts_without_signature_are_signed_and_joined_once(world: World) -> None:
    names = "Alpha Centre", "Beta Institute"
    first = "Alpha Centre signed with Beta Institute.\n"
    bodies = [TEXT, COPY, laid_out(words(90, 4))]
    for number, body in enumerate(bodies):  # as an older schema left them: apart, unsigned
        world.load(world.item(str(number), *pact(first + body, *names)))
        with write_session(world.engine) as session:
            session.execute(sql("DELETE FROM story_band"))
            session.execute(sql("UPDATE story_text SET signature = NULL"))
    with write_session(world.engine) as session:
        session.execute(sql("UPDATE document SET text_digest = 'sha256:old' WHERE id = 3"))
        session.execute(sql("UPDATE story_text SET digest = 'sha256:old' WHERE id = 3"))
        session.execute(sql("UPDATE story SET digest = 'sha256:old' WHERE id = 3"))
    assert len(stories(world)) == 3
    before = world.revision()
    assert catch_up(world.engine) == 3
    assert stories(world) == {frozenset("01"), frozenset("2")}
    assert world.rows("partnership", "reports_count, sources_count") == [(3, 2)]
    assert world.revision() == before + 1
    consistent(world)
    assert catch_up(world.engine) == 0


@dataclass(frozen=True)
class Said:
    path: str
    body: str
    published: str | None


def _documents() -> list[Said]:
    """Chains, hubs, dates that hold apart, exact copies, and loners."""
    made = [
        Said("a", TEXT, "2021-04-05"),
        Said("b", COPY, "2021-04-09"),
        Said("c", FAR_COPY, "2021-06-30"),
        Said("d", FAR_COPY, None),
        Said("e", laid_out(edited(ALL, 3, 5)), "2022-04-05"),
        Said("f", laid_out(edited(ALL, 3, 6)), "2022-04"),
        Said("g", laid_out([*ALL, *words(60, 11)]), "2021-05"),
        Said("h", laid_out(words(80, 12)), "2021-05-01"),
    ]
    return [*made, Said("i", made[-1].body, "2024-01-01"), Said("j", laid_out(words(90, 13)), "2021-05-01")]


DOCUMENTS = _documents()
EARLIER = [Said("b", laid_out(words(100, 14)), "2021-04-09"), Said("h", TEXT, "2020-01-01")]
"""What two of the documents said before."""


def expected(documents: Iterable[Said]) -> set[frozenset[str]]:
    """Connected components, every pair compared: no signatures, no database."""
    groups: list[list[Said]] = []
    dated = {one.body: [x.published for x in DOCUMENTS if x.body == one.body and x.published] for one in documents}
    days = {
        body: (min(days_of(p)[0] for p in some), max(days_of(p)[1] for p in some)) if some else (None, None)
        for body, some in dated.items()
    }

    def together(one: Said, other: Said) -> bool:
        return one.body == other.body or (
            in_time(days[one.body], days[other.body]) and near(shingles(one.body), shingles(other.body))
        )

    for one in documents:
        touching = [group for group in groups if any(together(one, other) for other in group)]
        groups = [group for group in groups if group not in touching]
        groups.append([one, *(other for group in touching for other in group)])
    return {frozenset(one.path for one in group) for group in groups}


EXPECTED = expected(DOCUMENTS)


def load_in_order(world: World, order: Sequence[Said], sizes: Iterator[int]) -> None:
    rest = list(order)
    while rest:
        size = next(sizes)
        world.load(*(said(world, one.path, one.body, one.published) for one in rest[:size]))
        del rest[:size]


@contextmanager
def fresh_world(template: Path) -> Iterator[World]:
    with TemporaryDirectory() as folder:
        shutil.copy(template, Path(folder) / "x.db")
        engine = make_engine(f"sqlite:///{folder}/x.db")
        yield World(engine)
        engine.dispose()


def test_the_documents_of_the_property_are_worth_it() -> None:
    assert {"".join(sorted(group)) for group in EXPECTED} == {"abcdg", "ef", "hi", "j"}


@settings(max_examples=8, deadline=None)
@given(
    order=st.permutations(DOCUMENTS), earlier=st.permutations(EARLIER), sizes=st.lists(st.integers(1, 5), min_size=20)
)
def test_any_order_and_any_batches_give_the_same_stories(
    sqlite_template: Path, order: list[Said], earlier: list[Said], sizes: list[int]
) -> None:
    with fresh_world(sqlite_template) as world:
        load_in_order(world, earlier, iter(sizes))
        world.next_run()
        load_in_order(world, order, iter(sizes[len(earlier) :]))
        assert stories(world) == EXPECTED
        consistent(world)


def test_orders_do_not_matter_on_either_database(world: World) -> None:
    chance = random.Random(1)
    load_in_order(world, EARLIER, iter([1, 1]))
    world.next_run()
    load_in_order(world, chance.sample(DOCUMENTS, len(DOCUMENTS)), iter([chance.randint(1, 4) for _ in range(10)]))
    assert stories(world) == EXPECTED
    consistent(world)
