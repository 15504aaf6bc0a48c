from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("articles", "0004_log_is_append_only")]

    operations = []
