"""Vietnamese text: tidied before it is stored, folded before it is searched, sorted and masked as names are here."""

from __future__ import annotations

import re
import unicodedata

_D_BAR = str.maketrans({"đ": "d", "Đ": "d"})
APOSTROPHES = "'`´‘’‛ʹʻʼʽˈˊˋ′＇"
"""What keyboards, phones and word processors put where a name has an apostrophe: H'Bia, K’Brẻs, A Pao ʼRông."""
_NO_APOSTROPHES = dict.fromkeys(map(ord, APOSTROPHES))
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_LINE_ENDS = re.compile(r"\r\n?|\u2028|\u2029")


def _visible(character: str) -> str:
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in _INVISIBLE else character


def tidy(text: str) -> str:
    """One line as it is stored: NFC, no control or invisible characters, single spaces, no space at the ends."""
    return " ".join("".join(map(_visible, unicodedata.normalize("NFC", text))).split())


def tidy_lines(text: str) -> str:
    """Several lines as they are stored: each one tidied, at most one empty line in a row."""
    lines = [tidy(line) for line in _LINE_ENDS.sub("\n", text).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def fold(text: str) -> str:
    """The search key of `text`: lower case, no marks, no apostrophes, đ as d, single spaces ("Đỗ  Định" gives
    "do dinh", "H’Ươl" gives "huol").

    Databases cannot be asked to do this: SQLite's lower() leaves Đ alone, and neither knows that ố is o.
    """
    # Apostrophes go first: of some (´) NFKD makes a space with a mark, which would cut the name in two.
    bare = unicodedata.normalize("NFKD", tidy(text).translate(_NO_APOSTROPHES).translate(_D_BAR))
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).casefold().translate(_D_BAR).split())


def name_key(name: str) -> str:
    """Sorts Vietnamese names as class lists do: by the last word, then by the whole name."""
    words = fold(name).split()
    return " ".join(words[-1:] + words[:-1])


def no_formula(cell: str) -> str:
    """A cell of a table that spreadsheets read as the text it is, whatever it begins with (CWE-1236)."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def mask_name(name: str) -> str:
    """A name that its owner recognizes and a stranger does not learn: "Nguyễn Thị Hoa" gives "N***** T** Hoa"."""
    words = tidy(name).split()
    if len(words) < 2:
        return "".join(word[:1] + "*" * (len(word) - 1) for word in words)
    return " ".join([word[0] + "*" * (len(word) - 1) for word in words[:-1]] + words[-1:])


def like_pattern(folded: str) -> str:
    """`folded` as a LIKE pattern that finds it anywhere; `%`, `_` and the escape character are taken literally."""
    escaped = folded.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
