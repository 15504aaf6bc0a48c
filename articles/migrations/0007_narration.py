"""Audio of articles: who may see to it is whoever may write or edit."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import articles.models.fields
from articles.edition.triggers import of_public, watch

VERBS = ["add", "change", "delete", "view"]
GROUPS = ["Writer", "Editor", "Administrator"]


def make_groups(apps, schema_editor=None):
    """Give the groups that are there, under their first names, their rights to narrations."""
    import_module("articles.migrations.0003_groups").make_permissions(apps)
    rights = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="articles", codename__in=[f"{verb}_narration" for verb in VERBS]
    )
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GROUPS):
        group.permissions.add(*rights)


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0006_search"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Narration",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("recorded", "read by a person"), ("made", "made by the server")], max_length=8
                    ),
                ),
                ("file", models.FileField(editable=False, max_length=200, upload_to="audio/")),
                ("size", models.PositiveIntegerField(default=0, editable=False)),
                ("mime_type", models.CharField(editable=False, max_length=30)),
                ("duration", models.FloatField(editable=False)),
                ("timings", models.JSONField(default=list, editable=False)),
                ("text_hash", models.CharField(editable=False, max_length=64)),
                ("voice", models.CharField(default="", editable=False, max_length=200)),
                (
                    "read_by",
                    articles.models.fields.LineField(blank=True, max_length=200, verbose_name="read by"),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("retired_at", models.DateTimeField(editable=False, null=True)),
                (
                    "article",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="narrations",
                        to="articles.article",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "narration",
                "verbose_name_plural": "narrations",
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(retired_at__isnull=False) | models.Q(article=None),
                        fields=["retired_at"],
                        name="narration_retired",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(retired_at=None),
                        fields=("article", "source"),
                        name="one_narration_per_article_and_source",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(source__in=["recorded", "made"]), name="narration_source_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(size__gt=0) | models.Q(retired_at__isnull=False),
                        name="narration_in_use_is_whole",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="article",
            name="listenable",
            field=models.BooleanField(default=True, editable=False, verbose_name="can be listened to"),
        ),
        migrations.AddField(
            model_name="article",
            name="spoken_hash",
            field=models.CharField(default="", editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="article",
            name="spoken_spans",
            field=models.TextField(default="", editable=False),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(condition=models.Q(spoken_hash=""), fields=["id"], name="article_uncounted"),
        ),
        migrations.RunPython(make_groups, migrations.RunPython.noop),
        watch("articles_narration", of_public("article_id")),
    ]
