"""How long a text message may be (3GPP TS 23.038). One letter outside the small alphabet makes all of it dearer:
160 letters of the GSM alphabet make one part, 153 each of several; with Vietnamese marks it is 70, and 67.
"""

from __future__ import annotations

import unicodedata

MOST_PARTS = 2
_GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = set("^{}\\[~]|€")
_CUT = "..."


def parts(text: str) -> int:
    """How many parts the text costs."""
    if set(text) <= _GSM | _GSM_TWICE:
        length, one, several = len(text) + sum(character in _GSM_TWICE for character in text), 160, 153
    else:
        length, one, several = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= one else -(-length // several)


def without_marks(text: str) -> str:
    """The text in plain letters: "Ngày hội" gives "Ngay hoi". What has no plain letter stays as it is."""
    bare = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D").replace("’", "'"))
    return unicodedata.normalize("NFC", "".join(c for c in bare if not unicodedata.combining(c)))


def fit(text: str, link: str, *, plain: bool = False) -> str:
    """`text` and then `link`, in at most two parts: the text is cut at a word if need be, the link never."""
    text = without_marks(text) if plain else text
    whole = f"{text} {link}".strip()
    if parts(whole) <= MOST_PARTS:
        return whole
    words = text.split(" ")
    while words:
        words.pop()
        cut = f"{' '.join(words).rstrip(' ,.:;')}{_CUT} {link}".strip()
        if parts(cut) <= MOST_PARTS:
            return cut
    return link
