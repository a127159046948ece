"""The translation check of `make lint` finds every way in which a catalogue can be unfinished."""

from __future__ import annotations

import pytest
from babel.messages import Catalog

from scripts.translations import faults


def catalogue(*entries: tuple[object, object], **flags: object) -> Catalog:
    made = Catalog(locale="vi")
    for text, translation in entries:
        made.add(text, translation, [("festival/home.py", 1)], **flags)
    return made


def test_a_finished_catalogue_has_no_faults():
    plural = ("One seat left", "%(num)s seats left")
    used = catalogue(("Hello %(name)s", None), (plural, None))

    assert list(faults(used, catalogue(("Hello %(name)s", "Chào %(name)s"), (plural, ("Còn %(num)s chỗ",))))) == []


@pytest.mark.parametrize(
    ("translation", "fault"),
    [
        ("", "empty"),
        ("Chào", "other placeholders"),
        ("Chào %(ten)s", "other placeholders"),
        ("Chào %(name)s %(name)d", "other placeholders"),
    ],
)
def test_a_translation_that_would_show_wrongly_is_a_fault(translation, fault):
    (found,) = faults(catalogue(("Hello %(name)s", None)), catalogue(("Hello %(name)s", translation)))

    assert found.startswith(fault)


def test_missing_fuzzy_and_unused_translations_are_faults():
    used = catalogue(("Door", None), ("Seat", None))
    unfinished = catalogue(("Seat", "Chỗ"), ("Chair", "Ghế"))
    unfinished.get("Seat").flags.add("fuzzy")

    assert [found.split(":")[0] for found in faults(used, unfinished)] == [
        "not translated",
        "marked fuzzy",
        "no longer used",
    ]
