"""Which state of the public site readers see: a number that every public change moves, as it commits.

The rows are written by the database's own triggers (see articles.edition.triggers), never by our code, so
that no path to a table can forget them.
"""

from django.db import models


class Edition(models.Model):
    """The one row. Its number only grows, and never takes a value again that an older backup knows."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField()
    # What caches in front of the site were last told of.
    announced = models.CharField(max_length=60, default="", db_default="")

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_edition")]

    def __str__(self):
        return str(self.number)


class EditionMove(models.Model):
    """A transaction under way that has changed something public; gone once it has committed."""

    transaction = models.BigIntegerField(primary_key=True)
    is_last = models.BooleanField(default=False, db_default=False)

    class Meta:
        default_permissions = ()

    def __str__(self):
        return str(self.transaction)
