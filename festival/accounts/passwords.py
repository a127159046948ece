"""Which passwords are refused: those that are tried first by whoever guesses (NIST SP 800-63B, 3.1.1.2).

Refused is what consists of nothing but words that are tried first, words about the person, digits, runs such as
"qwerty" or "cdefg", and repetitions. Four words that have nothing to do with all this are a good password.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from festival.core.text import fold

SHORTEST = 12
_SHORTEST_PART = 3
"""Shorter words about a person ("An") are in every second password."""
_FEWEST_DIFFERENT = 5

_RUNS = tuple(
    run + run
    for half in ("qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz", "1qaz2wsx3edc4rfv5tgb6yhn")
    for run in (half, half[::-1])
)

_COMMON = """
password passwort passw0rd p4ssword pass word passphrase secret letmein welcome login signin admin administrator
root user username guest test tester testing default changeme change master super superuser system server
computer internet google facebook zalo youtube tiktok microsoft windows office samsung iphone apple android nokia
love loveyou iloveyou ilove you forever baby angel princess prince sunshine star moon flower rose butterfly
dragon monkey tiger eagle lion shadow hunter killer ninja batman superman spiderman pokemon naruto onepiece
football soccer liverpool arsenal chelsea barcelona manchester united realmadrid ronaldo messi hello hi
freedom whatever nothing money summer winter spring autumn happy lucky family friend friends mother father
monday sunday january october december qwerty asdf zxcv abc abcd
matkhau mat khau matkhaumoi mk matkhaula khongbiet khongco khong co quen quenmatkhau batmi baomat bimat
dangnhap taikhoan nguoidung quantri quantrivien hethong maytinh dienthoai mang
yeu em anh anhyeuem emyeuanh yeuem yeuanh anhnhoem emnhoanh mai mai mamyeu boyeu yeume yeubo giadinh hanhphuc
conyeu me bo ba ong con chau chauyeu congchua hoangtu tinhyeu tinhban banbe motminh vinhvien thuongem
vietnam viet nam vietnamvodich vodich tuhao doclap tudo saigon hanoi danang haiphong cantho hue hochiminh
tphcm thanhpho phuong quan huyen xa tinh ubnd uyban uybannhandan nhandan canbo congan congdoan doanvien
doanthanhnien thanhnien hocsinh sinhvien giaovien truong truonghoc lophoc xinchao chao chaoban camon
ngay hoi ngayhoi ngayhoihocso hocso chuyendoiso congdanso digital learning day festival
nguyen tran an le pham hoang huynh phan vu vo dang bui do ho ngo duong ly van thi duc minh tuan hung dung hai
long nam thanh quang huy khanh phuc son tung trung kien cuong linh trang huong hoa lan mai ngoc thao thuy
hang nga yen anh nhi ha chi my van thu thuong dao bich hong phuong quynh tam hien
"""
COMMON = frozenset(_COMMON.split())
"""What is tried first in Vietnam and elsewhere, as `fold` writes it and without spaces."""


def is_easily_guessed(password: str, about: Iterable[str] = ()) -> bool:
    """Whether the password consists of nothing but what is tried first; `about`: the person's name, address, places."""
    key = "".join(character for character in fold(password) if character.isalnum())
    if len(set(key)) < _FEWEST_DIFFERENT:
        return True
    return _consists_of(key, COMMON | _words(about))


def _words(texts: Iterable[str]) -> set[str]:
    words = set()
    for text in texts:
        parts = "".join(character if character.isalnum() else " " for character in fold(text)).split()
        words |= {part for part in (*parts, "".join(parts)) if len(part) >= _SHORTEST_PART}
    return words


def _consists_of(key: str, words: Collection[str]) -> bool:
    longest = max(map(len, words))
    reached = [True] + [False] * len(key)
    for end in range(1, len(key) + 1):
        reached[end] = (reached[end - 1] and key[end - 1].isdigit()) or any(
            reached[start] and _is_part(key[start:end], words) for start in range(max(0, end - longest), end - 1)
        )
    return reached[len(key)]


def _is_part(text: str, words: Collection[str]) -> bool:
    if text in words or len(set(text)) == 1:
        return True
    return len(text) >= _SHORTEST_PART and any(text in run for run in _RUNS)
