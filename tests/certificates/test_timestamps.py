"""The address of a time stamp server comes from a form: it must not lead to what only this machine can reach."""

from __future__ import annotations

import asyncio
import socket

import pytest

from festival.certificates.timestamps import NoTimestamp, Timestamps, problem_of
from festival.config import SettingError, Settings


def resolving_to(*addresses: str):
    def look_up(_host, port, type=None):
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
            for one in addresses
        ]

    return look_up


@pytest.mark.parametrize(
    "url",
    ["", "tsa.example.vn", "ftp://tsa.example.vn/", "file:///etc/passwd", "http://", "http://[::1", "http://tsa:99999/",
     "http://" + "a" * 600, "http://tsa.exämple.vn/"],
)  # fmt: skip
def test_only_addresses_of_the_web_are_taken(url):
    assert problem_of(url, ()) == "scheme"


@pytest.mark.parametrize("url", ["http://me:secret@tsa.example.vn/", "http://tsa.example.vn/#a", "http://tsa.vn/a b"])
def test_an_address_is_nothing_but_an_address(url):
    assert problem_of(url, ()) == "user"


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.5", "192.168.1.1", "172.16.9.9", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
     "::1", "::", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"],
)  # fmt: skip
def test_a_name_of_a_private_network_is_refused(monkeypatch, address):
    monkeypatch.setattr(socket, "getaddrinfo", resolving_to(address))

    assert problem_of("https://tsa.example.vn/", ()) == "private"
    assert problem_of("https://tsa.example.vn/", ("tsa.example.vn",)) == ""


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", resolving_to("93.184.216.34", "127.0.0.1"))

    assert problem_of("http://tsa.example.vn/", ()) == "private"


def test_a_public_server_is_taken(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", resolving_to("93.184.216.34", "2606:2800:220:1::1"))

    assert problem_of("http://tsa.example.vn/tsa?profile=1", ()) == ""


def test_numbers_written_in_other_ways_lead_nowhere_either():
    for host in ("2130706433", "0x7f.1", "127.1", "localhost"):
        assert problem_of(f"http://{host}/", ()) in ("private", "unknown"), host


async def _ask(url: str, hosts: tuple[str, ...]) -> None:
    await Timestamps(url, hosts, 1.0).async_timestamp(b"\0" * 32, "sha256")


def test_the_address_is_judged_again_when_it_is_called(timestamps):
    """A name may lead somewhere else by then, and a setting may have been taken back."""
    with pytest.raises(NoTimestamp, match="private network"):
        asyncio.run(_ask(timestamps.url, ()))
    assert timestamps.asked == 0

    asyncio.run(_ask(timestamps.url, ("127.0.0.1",)))
    assert timestamps.asked == 1


def test_what_an_operator_allows_is_read_from_settings(tmp_path):
    environment = {
        "FESTIVAL_DATA": str(tmp_path),
        "FESTIVAL_PKCS11_MODULES": "/usr/lib/a.so, /usr/lib/b.so",
        "FESTIVAL_PRIVATE_TIMESTAMP_HOSTS": "TSA.noi-bo.vn",
    }
    read = Settings.from_environment(environment).signatures
    assert read.pkcs11_modules == ("/usr/lib/a.so", "/usr/lib/b.so")
    assert read.private_timestamp_hosts == ("tsa.noi-bo.vn",)
    assert Settings.from_environment({"FESTIVAL_DATA": str(tmp_path)}).signatures.pkcs11_modules == ()
    with pytest.raises(SettingError, match="absolute paths"):
        Settings.from_environment({**environment, "FESTIVAL_PKCS11_MODULES": "mine.so"})
