"""How gunicorn serves the site: `gunicorn --config python:config.gunicorn config.wsgi`."""

import gc

from .running import stop_with_parent
from .settings import PORT, env, whole_number

bind = env.str("BIND", default=f"127.0.0.1:{PORT}")
workers = whole_number("WEB_WORKERS", 2)
threads = whole_number("WEB_THREADS", 4)
worker_class = "gthread"
# The workers share what loading the code takes of memory. A new version of the code wants a restart, not HUP.
preload_app = True
timeout = 60  # seconds
graceful_timeout = 10
# Longer addresses are refused by our own middleware, with our own headers.
limit_request_line = 8190
loglevel = env.str("LOG_LEVEL", default="INFO").lower()
control_socket_disable = True
# Where the site is mounted is not for a header to say: a proxy might pass on one that a visitor sent.
forwarder_headers = ""


def when_ready(server):
    # What stands before the first worker is left alone by its garbage collector, and so stays shared.
    gc.collect()
    gc.freeze()
    stop_with_parent()
