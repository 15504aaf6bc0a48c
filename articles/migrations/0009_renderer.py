from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0008_press_and_translations")]

    operations = [
        migrations.AddField(
            model_name=name,
            name="renderer",
            field=models.PositiveSmallIntegerField(db_index=True, default=0, editable=False),
        )
        for name in ("article", "page")
    ]
