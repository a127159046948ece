"""How gunicorn serves Festival: `gunicorn --config deploy/gunicorn.conf.py wsgi:app`.

Threads, because a request mostly waits for the database; two processes, because one of them may be printing a
certificate. A larger host sets WEB_CONCURRENCY (processes), which gunicorn reads itself.
"""

import gc
import os

bind = os.environ.get("FESTIVAL_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 4
# The longest request is a long list of certificates; whatever takes longer belongs into the queue.
timeout = 60
graceful_timeout = 10
keepalive = 5
# A worker is replaced now and then, not all at the same moment, so that no slow leak lasts through a festival day.
max_requests = 20_000
max_requests_jitter = 2_000
# Heartbeats in memory: on a slow disk a heartbeat file would make gunicorn believe that a worker hangs.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108
# Nobody steers a running gunicorn here, so it makes no socket for that in the home folder.
control_socket_disable = True
# The application writes its own log line for each request, without addresses and names (festival/logs.py).
accesslog = None
loglevel = os.environ.get("FESTIVAL_LOG_LEVEL", "warning")


def post_worker_init(worker: object) -> None:
    """What is loaded now stays loaded: the collector need not look through it again and again while people wait."""
    gc.collect()
    gc.freeze()
