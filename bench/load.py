"""A load generator in a process of its own: HTTP requests over connections that stay open, each one timed.

    python -m bench.load < job.json > result.json

A job has `host`, `port`, `path`, `connections` and `requests`: for each one its `headers` (a mapping) and its `body` (a
text), sent once by POST; or its `headers` and its own `path`, asked for by GET. The result has `seconds` for all of
them, `milliseconds` of each, `statuses` (how often each) and `marked`: how often the job's `mark` stood in the answers.
`each` are the statuses in the order of the requests. One thread asks all connections which of them has an answer:
threads would wait for each other and not for the server.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

PATIENCE = 60
"""Seconds without any answer after which the run is given up."""


class Lane:
    """One connection: it sends its next request as soon as it has the whole answer to the one before."""

    def __init__(self, address: tuple[str, int], requests: list[bytes]) -> None:
        self.connection = socket.create_connection(address, timeout=PATIENCE)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.answers: list[tuple[float, bytes]] = []
        self._requests: Iterator[bytes] = iter(requests)
        self._received = b""
        self._missing: int | None = None
        self._began = 0.0

    def send(self) -> bool:
        """Send the next request; False when there is none left."""
        request = next(self._requests, None)
        if request is None:
            return False
        self._received, self._missing, self._began = b"", None, time.perf_counter()
        self.connection.sendall(request)
        return True

    def receive(self) -> bool:
        """Take what has come; True when the answer is whole."""
        part = self.connection.recv(262_144)
        if not part:
            raise ConnectionError("the server closed the connection")
        self._received += part
        if self._missing is None and b"\r\n\r\n" in self._received:
            head, _, body = self._received.partition(b"\r\n\r\n")
            lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
            self._missing = int(lengths[0].partition(b":")[2]) - len(body)
        elif self._missing is not None:
            self._missing -= len(part)
        if self._missing is None or self._missing > 0:
            return False
        self.answers.append(((time.perf_counter() - self._began) * 1000, self._received))
        return True


def run_job(job: dict[str, Any]) -> dict[str, Any]:
    """Send all requests, shared among the connections; nothing is built or parsed while the clock runs."""
    requests = [_request(job, one) for one in job["requests"]]
    count = job["connections"]
    lanes = [Lane((job["host"], job["port"]), requests[place::count]) for place in range(count)]
    with selectors.DefaultSelector() as ready:
        begin = time.perf_counter()
        for lane in lanes:
            if lane.send():
                ready.register(lane.connection, selectors.EVENT_READ, lane)
        while ready.get_map():
            waiting = ready.select(PATIENCE)
            if not waiting:
                raise TimeoutError("the server has stopped to answer")
            for key, _ in waiting:
                if key.data.receive() and not key.data.send():
                    ready.unregister(key.fileobj)
        seconds = time.perf_counter() - begin
    for lane in lanes:
        lane.connection.close()
    every = [answer for lane in lanes for answer in lane.answers]
    each = [lanes[place % count].answers[place // count][1][9:12].decode() for place in range(len(requests))]
    mark = job["mark"].encode()
    return {
        "seconds": seconds,
        "milliseconds": sorted(took for took, _ in every),
        "statuses": Counter(answer[9:12].decode() for _, answer in every),
        "each": each,
        "marked": sum(answer.count(mark) for _, answer in every),
    }


def _request(job: dict[str, Any], one: dict[str, Any]) -> bytes:
    headers = {"Host": f"{job['host']}:{job['port']}", **one["headers"]}
    if "path" in one:
        body, first = b"", f"GET {one['path']} HTTP/1.1\r\n"
    else:
        body, first = one["body"].encode(), f"POST {job['path']} HTTP/1.1\r\n"
        headers["Content-Length"] = str(len(body))
    head = first + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return head.encode() + b"\r\n" + body


if __name__ == "__main__":
    json.dump(run_job(json.load(sys.stdin)), sys.stdout)
