"""How often something may be asked for, counted in the database so that every process counts alike."""

from datetime import timedelta

from django.db import connection, models
from django.db.models.functions import Now


class ThrottleQuerySet(models.QuerySet):
    def allow(self, key, *, limit, seconds):
        """Count one more use of `key` and return whether it is within `limit` per `seconds`.

        One upsert, so two at once are two. A window begins with the first use after the last one ended.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO articles_throttle AS old (key, count, ends_at)
                VALUES (%(key)s, 1, clock_timestamp() + %(window)s)
                ON CONFLICT (key) DO UPDATE SET
                    count = CASE WHEN old.ends_at <= clock_timestamp() THEN 1 ELSE old.count + 1 END,
                    ends_at = CASE WHEN old.ends_at <= clock_timestamp() THEN EXCLUDED.ends_at
                              ELSE old.ends_at END
                RETURNING count
                """,
                {"key": key, "window": timedelta(seconds=seconds)},
            )
            return cursor.fetchone()[0] <= limit

    def sweep(self):
        """Delete the windows that have ended; the heartbeat's work."""
        return self.filter(ends_at__lt=Now()).delete()[0]


class Throttle(models.Model):
    key = models.CharField(max_length=200, primary_key=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    objects = ThrottleQuerySet.as_manager()

    def __str__(self):
        return self.key
