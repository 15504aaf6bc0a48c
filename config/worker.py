"""The process that runs the tasks, and the heartbeat beside them."""

import logging
import os
import secrets
import socket
import sys
import time

from django.db import InterfaceError, OperationalError, connections
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS
from django_tasks_db.management.commands import db_worker

from .heartbeat import Heart

logger = logging.getLogger(__name__)

INTERVAL = 1  # seconds between looks at an empty queue
RETRY = 2  # seconds between attempts to reach the database


class Worker(db_worker.Worker):
    """django-tasks-db's worker, which also outlives a restart of the database.

    A worker killed in a task leaves it marked as running; another one's heartbeat queues it again.
    """

    def __init__(self, *, batch=False):
        super().__init__(
            queue_names=["*"],
            excluded_queue_names=[],
            interval=INTERVAL,
            batch=batch,
            backend_name=DEFAULT_TASK_BACKEND_ALIAS,
            startup_delay=False,
            max_tasks=None,
            worker_id=f"{socket.gethostname()[:30]}-{os.getpid()}-{secrets.token_hex(4)}",
        )

    def run(self):
        heart = Heart(self.worker_id)
        heart.start()
        try:
            while self.running:
                try:
                    super().run()
                    return
                except (OperationalError, InterfaceError) as error:
                    logger.warning("The worker waits for the database: %s", str(error).strip())
                    connections.close_all()
                    time.sleep(RETRY)
        finally:
            heart.stop()

    def shutdown(self, signum, frame):
        """End after the current task; at once on a second signal."""
        if not self.running:
            sys.exit(1)
        self.running = False
        if not self.running_task:
            sys.exit(0)
