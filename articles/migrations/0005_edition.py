"""The edition, and what moves it: see articles.edition and articles.edition.triggers."""

from django.db import migrations, models

from articles.edition.triggers import DROP, MOVE, NOTICE, of_public, public_articles, watch


class Migration(migrations.Migration):
    dependencies = [("articles", "0004_log_is_append_only")]

    operations = [
        migrations.CreateModel(
            name="Edition",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("number", models.BigIntegerField()),
                ("announced", models.CharField(db_default="", default="", max_length=60)),
            ],
            options={
                "default_permissions": (),
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_edition")],
            },
        ),
        migrations.CreateModel(
            name="EditionMove",
            fields=[
                ("transaction", models.BigIntegerField(primary_key=True, serialize=False)),
                ("is_last", models.BooleanField(db_default=False, default=False)),
            ],
            options={"default_permissions": ()},
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                condition=models.Q(("status", "published")), fields=["published_at"], name="article_moments"
            ),
        ),
        migrations.AddIndex(
            model_name="correction",
            index=models.Index(fields=["noted_at"], name="correction_moments"),
        ),
        migrations.RunSQL(NOTICE + MOVE, DROP),
        watch("articles_article", public_articles()),
        watch("articles_byline", of_public("article_id")),
        watch("articles_correction", of_public("article_id")),
        watch("articles_relatedlink", of_public("article_id")),
        watch("articles_relatedveto", of_public("article_id")),
        watch("articles_taggedarticle", of_public("content_object_id")),
        watch("articles_tag", inserts=False),
        watch("articles_tagalias"),
        watch("articles_series", inserts=False),
        watch("articles_image", inserts=False),
        watch("articles_author"),
        watch("articles_authorlink"),
        watch("articles_authortranslation"),
        watch("articles_book"),
        watch("articles_menuitem"),
        watch("articles_page"),
        watch("articles_redirect"),
        watch("articles_site"),
        watch("articles_sitetext"),
        watch("articles_sociallink"),
    ]
