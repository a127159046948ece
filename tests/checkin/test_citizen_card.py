"""The citizen card's QR: name, year of birth and commune come out of it, nothing else does; and nothing but a card."""

from __future__ import annotations

import json
import subprocess
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
NUMBER, OLD = "001158012345", "012345678"
ADDRESS = "Số 5 Ngõ 2, Tổ 3, Phúc Xá, Ba Đình, Hà Nội"
CARD = f"{NUMBER}|{OLD}|Nguyễn Thị Thử|02091958|Nữ|{ADDRESS}|10052021"

Read = Callable[..., dict[str, list[Any]]]


@pytest.fixture
def read_by_phone(tool: Callable[[str], str]) -> Read:
    """What the scanner's modules make of cards, people and communes."""

    def read(**asked: Any) -> dict[str, list[Any]]:
        command = [tool("node"), str(Path(__file__).with_name("read_cards.mjs")), str(ROOT / "static/door")]
        said = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=True)
        answer: dict[str, list[Any]] = json.loads(said.stdout)
        return answer

    return read


def test_a_card_gives_name_year_and_commune_and_nothing_else(read_by_phone: Read) -> None:
    (card,) = read_by_phone(cards=[CARD])["cards"]

    assert card == {"name": "Nguyễn Thị Thử", "birthYear": 1958, "ward": "Phúc Xá"}


@pytest.mark.parametrize(
    "text",
    [
        CARD + "|Hà Nội|Kinh|||x",  # newer cards say more
        CARD.replace(OLD, ""),  # who never had an old card
        unicodedata.normalize("NFD", CARD),
        f"  {CARD}\r\n",
    ],
)
def test_other_shapes_of_the_same_card(read_by_phone: Read, text: str) -> None:
    (card,) = read_by_phone(cards=[text])["cards"]

    assert card == {"name": "Nguyễn Thị Thử", "birthYear": 1958, "ward": "Phúc Xá"}


@pytest.mark.parametrize(
    ("address", "issued", "commune"),
    [
        ("Thôn 2, Xã Tân Lập, Huyện Đan Phượng, Hà Nội", "10052021", "Xã Tân Lập"),
        ("Tổ 3, Phường Hai Bà Trưng, Thành phố Hà Nội", "10102025", "Phường Hai Bà Trưng"),
        ("Tổ 3, Hai Bà Trưng, Hà Nội", "10102025", "Hai Bà Trưng"),
        ("Tổ 3, Bạch Đằng, Hai Bà Trưng, Hà Nội", "30062025", "Bạch Đằng"),
        ("Hà Nội", "10052021", None),
        ("", "", None),
    ],
)
def test_the_commune_stands_where_the_address_of_its_time_has_it(
    read_by_phone: Read, address: str, issued: str, commune: str | None
) -> None:
    text = CARD.replace(ADDRESS, address).replace("10052021", issued)

    assert read_by_phone(cards=[text])["cards"][0]["ward"] == commune


@pytest.mark.parametrize(
    "text",
    [
        "",
        "|" * 6,
        "|" * 10_000,
        "00020101021238540010A00000072701240006970436|0110|QRIBFTTA|53037045802VN|a|b|c|d",  # a bank's
        CARD.replace(NUMBER, "00115801234"),
        CARD.replace(NUMBER, "00115801234x"),
        CARD.replace(NUMBER, "٠٠١١٥٨٠١٢٣٤٥"),
        CARD.replace(OLD, "abc"),
        CARD.replace("Nguyễn Thị Thử", ""),
        CARD.replace("Nguyễn Thị Thử", "Nguyễn <script>"),
        CARD.replace("Nguyễn Thị Thử", "012345"),
        CARD.replace("Nguyễn Thị Thử", "A" * 121),
        CARD.replace("02091958", "31021958"),
        CARD.replace("02091958", "02091858"),
        CARD.replace("02091958", "02092058"),
        CARD.replace("02091958", "1958"),
        CARD.rpartition("|")[0],
        CARD + "|x" * 10_000,
        CARD + "x" * 1_000,
        "HTTPS://FESTIVAL.TEST/Q/" + "A" * 124,
    ],
)
def test_what_is_no_card_is_no_card(read_by_phone: Read, text: str) -> None:
    assert read_by_phone(cards=[text])["cards"] == [None]


def test_a_commune_is_known_by_its_name_whatever_kind_it_is_of(read_by_phone: Read) -> None:
    pairs = [["Phường Hai Bà Trưng", "Hai Bà Trưng"], ["Xã Tân Lập", "xã tân lập"], ["Phường Ô", "Phường Ố"], ["", ""]]

    assert read_by_phone(communes=pairs)["communes"] == [True, True, False, False]
