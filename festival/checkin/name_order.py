"""Names in the order of a Vietnamese list: by the last word, letter by letter as in the alphabet, marks of tone last.

The key that the database keeps (`core.text.name_key`) knows no difference between D and Đ; who looks for a name on
paper does.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
"""The 29 letters of TCVN 6909 with f, j, w and z where Latin lists have them."""

_PLACES = {letter: place for place, letter in enumerate(ALPHABET)}
_TONES = {mark: tone for tone, mark in enumerate("\u0300\u0309\u0303\u0301\u0323", start=1)}
"""As dictionaries order them: none, huyền, hỏi, ngã, sắc, nặng."""

WordKey = tuple[tuple[int, ...], tuple[int, ...]]


def _take_tone(letter: str) -> tuple[str, int]:
    """A letter without its tone, and the tone: "ặ" gives "ă" and nặng."""
    parts = unicodedata.normalize("NFD", letter)
    tone = next((_TONES[part] for part in parts if part in _TONES), 0)
    return unicodedata.normalize("NFC", "".join(part for part in parts if part not in _TONES)), tone


@lru_cache(maxsize=20_000)
def _word_key(word: str) -> WordKey:
    pairs = [_take_tone(letter) for letter in unicodedata.normalize("NFC", word).lower()]
    letters = tuple(_PLACES.get(letter, len(ALPHABET) + ord(letter[0])) if letter else 0 for letter, _ in pairs)
    return letters, tuple(tone for _, tone in pairs)


def list_key(name: str) -> tuple[WordKey, ...]:
    """Sorts names: the last word first, then the whole name from its beginning."""
    words = name.split()
    return tuple(_word_key(word) for word in words[-1:] + words[:-1])


def list_letter(name: str) -> str:
    """The letter under which a name stands: "Nguyễn Thị Ánh" under A, "Đỗ Ân" under Â; "#" for what is no letter."""
    words = name.split()
    letter = _take_tone(unicodedata.normalize("NFC", words[-1])[0].lower())[0] if words else ""
    return letter.upper() if letter in _PLACES else "#"
