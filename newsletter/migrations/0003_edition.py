"""Newsletters are offered on public pages, so a change of one moves the edition."""

from django.db import migrations

from articles.edition.triggers import watch


class Migration(migrations.Migration):
    dependencies = [("newsletter", "0002_permanent_rows"), ("articles", "0005_edition")]

    operations = [watch("newsletter_newsletter")]
