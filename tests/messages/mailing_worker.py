"""A worker for tests: sends the outbox in a process of its own, which the test kills and starts again.

Reads "start" from standard input and answers with the process id of a new worker. Workers are forked from this process,
which has loaded everything already: it is the sending that is killed, not the loading. A failed mail is tried again
after a moment instead of a minute.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import timedelta

from festival import create_app
from festival.messages import delivery, postman


def main() -> None:
    delivery.BACKOFF = (timedelta(seconds=0.1),) * 50
    postman.PAUSE = 0.1
    app = create_app()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        if line.strip() != "start":
            continue
        child = os.fork()
        if child == 0:
            postman.Postman(app).start()
            while os.getppid() != 1:
                time.sleep(0.2)
            os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
