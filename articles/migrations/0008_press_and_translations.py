from importlib import import_module

from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.deletion import CASCADE, SET_NULL

from articles.edition.triggers import of_public, watch
from articles.models.fields import PlainTextField, WebAddressField
from articles.models.press import languages, validate_quotation

groups = import_module("articles.migrations.0003_groups")
# What a mention drew on is part of its form, as its related links are.
GROUPS = ["Writer", "Editor", "Administrator"]


def give_rights(apps, schema_editor=None):
    groups.make_permissions(apps)
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    rights = Permission.objects.filter(content_type__app_label="articles", content_type__model="drawnon")
    for group in Group.objects.filter(name__in=GROUPS):
        group.permissions.add(*rights)


class Migration(migrations.Migration):
    dependencies = [("articles", "0007_narration")]

    operations = [
        migrations.CreateModel(
            name="TranslationGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
            ],
            options={
                "verbose_name": "translations of one piece",
                "verbose_name_plural": "translations of one piece",
            },
        ),
        migrations.AddField(
            model_name="article",
            name="source_archive",
            field=WebAddressField(
                blank=True,
                help_text="Where the page can still be read when it has gone from its own address.",
                max_length=1000,
                verbose_name="archived copy",
            ),
        ),
        migrations.AddField(
            model_name="article",
            name="source_quote",
            field=PlainTextField(
                blank=True,
                help_text=(
                    "What they wrote, word for word: a few lines of plain text without quotation marks."
                ),
                max_length=1500,
                validators=[validate_quotation],
                verbose_name="quotation",
            ),
        ),
        migrations.AddField(
            model_name="article",
            name="source_quote_language",
            field=models.CharField(
                blank=True,
                choices=languages,
                help_text="Where it is another than the article's.",
                max_length=10,
                verbose_name="language of the quotation",
            ),
        ),
        migrations.AddField(
            model_name="article",
            name="translation_group",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=SET_NULL,
                related_name="articles",
                to="articles.translationgroup",
                verbose_name="translations",
            ),
        ),
        migrations.CreateModel(
            name="DrawnOn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                (
                    "analysis",
                    models.ForeignKey(
                        on_delete=CASCADE,
                        related_name="drawn_on_by",
                        to="articles.article",
                        verbose_name="article",
                    ),
                ),
                (
                    "mention",
                    models.ForeignKey(on_delete=CASCADE, related_name="drawn_on", to="articles.article"),
                ),
            ],
            options={
                "verbose_name": "article that it drew on",
                "verbose_name_plural": "articles that it drew on",
                "ordering": ["position", "pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.UniqueConstraint(
                condition=Q(translation_group__isnull=False),
                fields=["translation_group", "language"],
                name="one_article_per_group_and_language",
                violation_error_message="There is a translation into this language already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                condition=Q(draft_of=None) | Q(translation_group=None), name="rework_is_in_no_group"
            ),
        ),
        migrations.AddConstraint(
            model_name="drawnon",
            constraint=models.UniqueConstraint(
                fields=["mention", "analysis"],
                name="one_row_per_drawn_on",
                violation_error_message="This article is in the list already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="drawnon",
            constraint=models.CheckConstraint(
                condition=~Q(mention=F("analysis")),
                name="nothing_draws_on_itself",
                violation_error_message="A mention does not draw on itself.",
            ),
        ),
        migrations.RunPython(give_rights, migrations.RunPython.noop),
        watch("articles_drawnon", of_public("mention_id")),
    ]
