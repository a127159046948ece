"""A load generator in a process of its own: HTTP requests over connections that stay open, each one timed.

    python -m bench.load < job.json > result.json

A job has `host`, `port`, `path`, `headers` (a mapping), `connections` and `bodies` (texts, each sent once by POST).
The result has `seconds` for all of them, `milliseconds` of each, `statuses` (how often each) and `marked`: how many
answers contained the job's `mark`.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from collections import Counter
from typing import Any


def run_job(job: dict[str, Any]) -> dict[str, Any]:
    """Send all bodies, shared among the connections; nothing is built or parsed while the clock runs."""
    head = f"POST {job['path']} HTTP/1.1\r\nHost: {job['host']}:{job['port']}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in job["headers"].items())
    requests = [
        f"{head}Content-Length: {len(body.encode())}\r\n\r\n".encode() + body.encode() for body in job["bodies"]
    ]
    mark = job["mark"].encode()
    lanes = [requests[place :: job["connections"]] for place in range(job["connections"])]
    results: list[list[tuple[float, int, bool]]] = [[] for _ in lanes]
    ready = threading.Barrier(len(lanes) + 1)

    def drive(place: int) -> None:
        with socket.create_connection((job["host"], job["port"]), timeout=30) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            ready.wait()
            for request in lanes[place]:
                begin = time.perf_counter()
                connection.sendall(request)
                answer = _answer(connection)
                took = (time.perf_counter() - begin) * 1000
                results[place].append((took, int(answer[9:12]), mark in answer))

    threads = [threading.Thread(target=drive, args=(place,)) for place in range(len(lanes))]
    for thread in threads:
        thread.start()
    ready.wait()
    begin = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begin
    every = [result for lane in results for result in lane]
    return {
        "seconds": seconds,
        "milliseconds": sorted(took for took, _, _ in every),
        "statuses": Counter(str(status) for _, status, _ in every),
        "marked": sum(marked for _, _, marked in every),
    }


def _answer(connection: socket.socket) -> bytes:
    """One answer with a Content-Length, whole."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += _more(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    missing = int(lengths[0].partition(b":")[2]) - len(body)
    while missing > 0:
        part = _more(connection)
        received += part
        missing -= len(part)
    return received


def _more(connection: socket.socket) -> bytes:
    part = connection.recv(65536)
    if not part:
        raise ConnectionError("the server closed the connection")
    return part


if __name__ == "__main__":
    json.dump(run_job(json.load(sys.stdin)), sys.stdout)
