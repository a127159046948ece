"""Forty names that software gets wrong, as people here write them. Each must come back exactly as it was given (NFC).

Those of the Ê Đê, Gia Rai, Ba Na, M'Nông, K'Ho, Chăm, Khmer, Thái, H'Mông and Hoa people are made of the parts that
their names have; nobody in particular is meant.
"""

from __future__ import annotations

import unicodedata

AS_TYPED: tuple[str, ...] = (
    # Marks and letters of Vietnamese
    "Đỗ Thị Ước",
    "Đặng Đình Đức",
    "Nguyễn Thuý Quỳnh",
    "Nguyễn Thúy Quỳnh",
    "Huỳnh Nguyễn Uyển Nghi",
    "Lữ Hữu Nghĩa",
    "Lý Ỷ",
    "Ưng Hoàng Phước",
    "Ngô Ỹ Như",
    "Phạm Khắc Khoẻ",
    "Trịnh Thị Ấm",
    "Vũ Ằng",
    "La Ởn",
    "Quách Ôn",
    # Letters and marks apart, as some phones send them (NFD)
    unicodedata.normalize("NFD", "Lê Thị Hồng Ngọc"),
    unicodedata.normalize("NFD", "Đoàn Ngữ Ưu"),
    unicodedata.normalize("NFD", "Trần Thị Diễm Phượng"),
    # One word, two letters, the longest that the form takes
    "Y",
    "Ân",
    "Siu",
    "Công Tằng Tôn Nữ Thị Kim Phượng Huyền Trân Bảo Ngọc Diễm Quỳnh Phương Thảo Như Ý",
    # Hyphens, full stops, apostrophes of three kinds
    "Nguyễn-Phước Bảo-Long",
    "Maria Trần Thị Kim-Anh",
    "J. Phan Văn Phú",
    "K'Brẻs",
    "K’ Thị Hương",
    "Ka H'Oanh",
    "H'Lan Niê",
    "H’Ươl Ayŭn",
    "Y Bhăm Niê Kdăm",
    "Y-Wang Mlô Duôn Du",
    "Rơ Châm H'Phik",
    "Ksor H’Blăm",
    "Đinh Y Ngheo",
    "Điểu K'Lung",
    "A Pao ʼRông",
    # Of other peoples and languages
    "Vàng A Pó",
    "Thạch Sa Rươne",
    "Quảng Thị Mỹ-Ấn",
    "陳氏玉蘭 Trần Thị Ngọc Lan",
)

HARD_NAMES: tuple[str, ...] = tuple(unicodedata.normalize("NFC", name) for name in AS_TYPED)
"""As they are stored and come back."""

assert len(set(HARD_NAMES)) == len(HARD_NAMES) == 40
assert max(map(len, HARD_NAMES)) == 80
