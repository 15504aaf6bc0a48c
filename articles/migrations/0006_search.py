"""The readers' search: which words there are, and what was looked for in vain."""

from importlib import import_module

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.utils.timezone
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import migrations, models
from django.db.models.functions import Left

EDITING = ["Editor", "Administrator"]


def make_groups(apps, schema_editor=None):
    """Let editors see the searches that found nothing, and delete those that are dealt with."""
    import_module("articles.migrations.0003_groups").make_permissions(apps)
    rights = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="articles", codename__in=["view_missedsearch", "delete_missedsearch"]
    )
    for group in apps.get_model("auth", "Group").objects.filter(name__in=EDITING):
        group.permissions.add(*rights)


# Twin: articles.search.folding.fold.
FOLD = r"""
CREATE FUNCTION search_fold(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF value !~ '^[\u0001-\u007f\u00a0\u2010-\u2015\u2018-\u201e]*$' THEN
        value := normalize(value, NFKD);
        value := regexp_replace(
            value,
            '[\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7'
            '\u0610-\u061a\u061c\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8'
            '\u06ea-\u06ed\u08d3-\u08e1\u08e3-\u08ff\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f'
            '\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\ufeff]',
            '', 'g'
        );
        value := translate(
            value,
            'ٱىةیکךםןףץøłđħıØŁĐĦ٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹',
            'ايهيكכמנפצoldhiOLDH01234567890123456789'
        );
        value := replace(value, 'ß', 'ss');
        value := replace(value, 'ẞ', 'SS');
        value := replace(value, 'æ', 'ae');
        value := replace(value, 'Æ', 'AE');
        value := replace(value, 'œ', 'oe');
        value := replace(value, 'Œ', 'OE');
        value := regexp_replace(value, '(?<=[א-ת])["''״׳’”](?=[א-ת])', '', 'g');
    END IF;
    value := regexp_replace(
        value,
        '[!-/:-@\[-`{-~\u00a0-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u05be'
        '\u05c0\u05c3\u05c6\u05f3\u05f4\u060c\u061b\u061d-\u061f\u066a-\u066d\u06d4'
        '\u2010-\u2029\u2030-\u205e\u20a0-\u20cf\u2190-\u2bff\u3001-\u3003\u3008-\u3020]',
        ' ', 'g'
    );
    IF value ~ '[א-תء-ي]' THEN
        value := regexp_replace(value, '(?<![ء-ي])[وف]?(?:[بك]?ال|لل)(?=[ء-ي]{3})', '', 'g');
        value := regexp_replace(value, '([ء-ي]{3})ه(?![ء-ي])', '\1', 'g');
        value := regexp_replace(value, '(?<![א-ת])([הבל])([א-ת]{2})(?![א-ת])', '\1\2 \2', 'g');
        value := regexp_replace(
            value,
            '(?<![א-ת])'
            '(ו(?:לכש|כש|מש|ש)?[בכלמ]?ה?|(?:לכש|כש|מש|ש)[בכלמ]?ה?|[בכלמ]ה?|ה)([א-ת]{3,})',
            '\1\2 \2', 'g'
        );
    END IF;
    RETURN value;
END
$$
"""
# English and Arabic in one: each word is stemmed by its script.
CONFIGURATION = """
CREATE TEXT SEARCH CONFIGURATION standfirst (COPY = english);
ALTER TEXT SEARCH CONFIGURATION standfirst ALTER MAPPING FOR word, hword, hword_part WITH arabic_stem
"""


def folded(text):
    return models.Func(text, function="search_fold", output_field=models.TextField())


def vector(text, weight):
    return SearchVector(text, weight=weight, config="standfirst")


def head():
    return vector(folded("title"), "A") + vector(folded("standfirst"), "B") + vector(folded("keywords"), "C")


def add_vector(name, expression):
    field = models.GeneratedField(
        expression=expression, output_field=SearchVectorField(), db_persist=True, editable=False
    )
    return migrations.AddField("article", name, field)


def add_index(name, field):
    """Index what readers may find: drafts cost the index nothing."""
    public = models.Q(status="published", draft_of=None)
    index = GinIndex(fields=[field], name=name, fastupdate=False, condition=public)
    return migrations.AddIndex("article", index)


class Migration(migrations.Migration):
    dependencies = [("articles", "0005_edition")]

    operations = [
        migrations.RunSQL(FOLD, "DROP FUNCTION search_fold(text)"),
        migrations.RunSQL(CONFIGURATION, "DROP TEXT SEARCH CONFIGURATION standfirst"),
        migrations.RemoveIndex("article", "article_search"),
        migrations.RemoveField("article", "search"),
        add_vector("search", head() + vector(Left(folded(Left("body_text", 200_000)), 200_000), "D")),
        add_vector("search_head", head()),
        add_index("article_search", "search"),
        add_index("article_search_head", "search_head"),
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
        migrations.RunPython(make_groups, migrations.RunPython.noop),
    ]
