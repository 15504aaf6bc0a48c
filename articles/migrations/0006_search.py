"""The readers' search: which words there are, and what was looked for in vain."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.utils.timezone
from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.db import migrations, models

EDITING = ["Editor", "Administrator"]


def grant_missed_searches(apps, schema_editor=None):
    """Let editors see the searches that found nothing, and delete those that are dealt with."""
    config = apps.get_app_config("articles")
    # The apps of a migration have no module, and Django passes over apps without one.
    config.models_module = getattr(config, "models_module", None) or True
    create_contenttypes(config, apps=apps, verbosity=0)
    create_permissions(config, apps=apps, verbosity=0)
    rights = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="articles", codename__in=["view_missedsearch", "delete_missedsearch"]
    )
    for group in apps.get_model("auth", "Group").objects.filter(name__in=EDITING):
        group.permissions.add(*rights)


class Migration(migrations.Migration):
    dependencies = [("articles", "0005_edition")]

    operations = [
        migrations.CreateModel(
            name="Lexeme",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("lexeme", models.TextField(unique=True)),
                ("documents", models.PositiveIntegerField()),
                ("heads", models.PositiveIntegerField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.CreateModel(
            name="Word",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.TextField()),
                ("spelling", models.TextField()),
                ("documents", models.PositiveIntegerField()),
                ("heads", models.PositiveIntegerField()),
                ("witness", models.BigIntegerField()),
                (
                    "articles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "authors",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "deletions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["deletions"], name="word_by_deletion", fastupdate=False
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("key",), name="word_by_key", opclasses=["text_pattern_ops"]
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LexiconState",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stamp", models.TextField(default="")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("seconds", models.FloatField(default=0)),
            ],
            options={"default_permissions": ()},
        ),
        migrations.CreateModel(
            name="MissedSearch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("query", models.CharField(max_length=200, verbose_name="searched for")),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("ar", "العربية"), ("he", "עברית")],
                        max_length=2,
                        verbose_name="language of the page",
                    ),
                ),
                (
                    "offered",
                    models.CharField(blank=True, default="", max_length=200, verbose_name="offered instead"),
                ),
                ("count", models.PositiveIntegerField(default=1, verbose_name="times")),
                (
                    "last_at",
                    models.DateTimeField(
                        db_index=True, default=django.utils.timezone.now, verbose_name="last"
                    ),
                ),
            ],
            options={
                "verbose_name": "search that found nothing",
                "verbose_name_plural": "searches that found nothing",
                "ordering": ["-last_at"],
                "default_permissions": ("view", "delete"),
                "constraints": [
                    models.UniqueConstraint(fields=("query", "language"), name="one_row_per_missed_search")
                ],
            },
        ),
        migrations.RunPython(grant_missed_searches, migrations.RunPython.noop),
    ]
