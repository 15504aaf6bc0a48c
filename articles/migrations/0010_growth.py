from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0009_renderer")]

    operations = [
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                fields=["id"],
                include=["language", "published_at"],
                name="article_visible",
                condition=models.Q(("draft_of", None), ("status", "published")),
            ),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                fields=["language", "source_outlet", "source_date", "published_at", "id"],
                name="article_press",
                condition=models.Q(("draft_of", None), ("kind", "mention"), ("status", "published")),
            ),
        ),
    ]
