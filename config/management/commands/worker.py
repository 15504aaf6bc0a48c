"""`manage.py worker`: runs tasks and the heartbeat; start as many as there is work for."""

from django.core.management.base import BaseCommand

from config.running import stop_with_parent
from config.worker import Worker


class Command(BaseCommand):
    help = "Run the background tasks and the heartbeat until SIGTERM, which lets the current task finish."

    def handle(self, **options):
        worker = Worker()
        worker.configure_signals()
        stop_with_parent()
        worker.run()
