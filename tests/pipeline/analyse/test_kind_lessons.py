"""The beginnings of documents that kinds are trained on besides the labelled ones."""

from __future__ import annotations

from benchmarks.train_subjects import LESSONS, KindLesson
from config.kinds import load_kinds
from config.settings import load
from config.yamlfile import load_list


def test_every_kind_has_lessons_and_every_lesson_a_declared_kind() -> None:
    told = {lesson.kind for lesson in load_list(LESSONS, "lessons", KindLesson, unique="title")}
    assert told == {kind.id for kind in load_kinds(load().kinds_file)}
