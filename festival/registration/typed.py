"""What was typed into the registration form, put in order before it is judged.

The form has no JavaScript: adding and taking out a person are buttons that send it. Rows left empty are dropped, the
others renumbered, and the sessions that were ticked for a person move with that person.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from werkzeug.datastructures import MultiDict

from festival.registration.signing_up import MAX_MEMBERS

Typed = MultiDict[str, str]

_MEMBER_FIELDS = ("name", "birth_year", "relation")
WISH = "session-"
WAIT = "wait-"
"""With a session's id: they would wait for it. The form sends it only where it has said that seats are missing."""
MOST_WISHES = 500
"""More sessions than any festival offers; what is sent beyond is not looked at."""


def tidy_members(typed: Typed, remove: str | None = None, add: bool = False) -> Typed:
    """The same form, its people numbered from 0: without empty rows and `remove`, with a new row if `add`."""
    kept = [place for place in _places(typed) if str(place) != remove and _filled(typed, place)]
    kept = kept[:MAX_MEMBERS]
    renumbered = {str(old): str(new) for new, old in enumerate(kept)}
    tidied: Typed = MultiDict(item for item in typed.items(multi=True) if not item[0].startswith(("members-", WISH)))
    for old, new in renumbered.items():
        for field in _MEMBER_FIELDS:
            tidied[f"members-{new}-{field}"] = typed.get(f"members-{old}-{field}", "")
    if add and len(kept) < MAX_MEMBERS:
        tidied[f"members-{len(kept)}-name"] = ""
    _copy_wishes(typed, tidied, lambda key: key if key == "c" else renumbered.get(key))
    return tidied


def _places(typed: Typed) -> list[int]:
    numbers = {name.split("-")[1] for name in typed if name.startswith("members-") and name.count("-") == 2}
    return sorted(int(number) for number in numbers if number.isascii() and number.isdigit() and len(number) < 4)


def _filled(typed: Typed, place: int) -> bool:
    return any(typed.get(f"members-{place}-{field}", "").strip() for field in ("name", "birth_year"))


def _copy_wishes(typed: Typed, tidied: Typed, key_now: Callable[[str], str | None]) -> None:
    for name in typed:
        if name.startswith(WISH):
            keys = [now for key in typed.getlist(name) if (now := key_now(key)) is not None]
            if keys:
                tidied.setlist(name, list(dict.fromkeys(keys)))


def asked_to_wait(typed: Typed) -> frozenset[int]:
    """The ids of the sessions that somebody would wait for, if there are not enough seats."""
    asked = (name.removeprefix(WAIT) for name in typed if name.startswith(WAIT))
    return frozenset(int(number) for number in islice(asked, MOST_WISHES) if _is_id(number))


def _is_id(number: str) -> bool:
    return number.isascii() and number.isdigit() and len(number) < 10


def wishes_by_person(typed: Typed) -> dict[str, frozenset[int]]:
    """The ids of the sessions ticked for each person, by the person's key."""
    wishes: dict[str, set[int]] = {}
    for name in islice((name for name in typed if name.startswith(WISH)), MOST_WISHES):
        number = name.removeprefix(WISH)
        if _is_id(number):
            for key in typed.getlist(name):
                wishes.setdefault(key, set()).add(int(number))
    return {key: frozenset(ids) for key, ids in wishes.items()}
