from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from config.accounts import sessions, two_factor


class Command(BaseCommand):
    help = "Turn off the second factor of somebody who has lost phone and recovery codes; end the sessions."

    def add_arguments(self, parser):
        parser.add_argument("username")

    def handle(self, *, username, **options):
        user = get_user_model().objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no account {username}.")
        if not two_factor.remove(user):
            raise CommandError(f"The account {username} has no second factor.")
        sessions.end_all(user)
        self.stdout.write(f"The password alone opens the account {username} now, until another is set up.")
