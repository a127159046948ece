"""The scanner's words in the language of the page; `{at}` and the like are filled in on the phone."""

from __future__ import annotations

from typing import Any

from festival.checkin.words.finding import finding_words
from festival.checkin.words.offline import offline_words
from festival.checkin.words.scanning import scanning_words
from festival.checkin.words.screens import screen_words
from festival.checkin.words.verdicts import verdict_words
from festival.checkin.words.walk_in import walk_in_words


def scanner_texts() -> dict[str, Any]:
    """What stands in the page as JSON: for each verdict its word and what to do, and the texts of everything else."""
    return {
        "verdicts": {verdict.value: words for verdict, words in verdict_words().items()},
        **scanning_words(),
        **offline_words(),
        **finding_words(),
        **walk_in_words(),
        **screen_words(),
    }
