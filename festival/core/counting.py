"""Counters of limits in the memory of one process, for thousands of addresses a minute.

The library's own memory storage looks through all of its counters in a thread of its own, a hundred times a second: at
a surge that costs more than the registrations. Here nothing is looked through but now and then, by whoever counts.
"""

from __future__ import annotations

import threading
import time

from limits.storage.base import Storage

SWEPT_AFTER = 20_000
"""New counters after which those that are over are thrown away."""


class CountingStorage(Storage):
    """Fixed windows, `counting://` in a setting. Counts each process for itself, as `memory://` does."""

    STORAGE_SCHEME = ["counting"]  # noqa: RUF012 - as the base class has it

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: float | str | bool) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self._counters: dict[str, tuple[int, float]] = {}
        self._lock = threading.Lock()
        self._new = 0

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count; a window begins with its first count and lasts `expiry` seconds."""
        at = time.time()
        with self._lock:
            count, over = self._counters.get(key, (0, 0.0))
            if over <= at:
                count, over = 0, at + expiry
                self._sweep(at)
            self._counters[key] = count + amount, over
        return count + amount

    def _sweep(self, at: float) -> None:
        self._new += 1
        if self._new >= SWEPT_AFTER:
            self._new = 0
            self._counters = {key: counter for key, counter in self._counters.items() if counter[1] > at}

    def get(self, key: str) -> int:
        """How many were counted in the window."""
        count, over = self._counters.get(key, (0, 0.0))
        return count if over > time.time() else 0

    def get_expiry(self, key: str) -> float:
        """When the window is over, in seconds since 1970."""
        return max(self._counters.get(key, (0, 0.0))[1], time.time())

    def check(self) -> bool:
        """Memory is always there."""
        return True

    def reset(self) -> int | None:
        """Forget everything; gives how many counters there were."""
        with self._lock:
            count, self._counters = len(self._counters), {}
        return count

    def clear(self, key: str) -> None:
        """Forget one counter."""
        with self._lock:
            self._counters.pop(key, None)
