"""The log of who did what: rows are added, and never changed or deleted by any code that uses the table.

It guards against our own code and the admin, not against the owner of the database. A colleague of whom it
tells cannot be deleted, only deactivated; the same goes for the content type of a model.
"""

from django.db import migrations

LOG_IS_APPEND_ONLY = """
CREATE FUNCTION articles_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The log is append-only: % refused.', TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER log_is_append_only BEFORE UPDATE OR DELETE ON django_admin_log
FOR EACH ROW EXECUTE FUNCTION articles_log_is_append_only();
"""

# What is read: the log of one article, and the newest of all.
LOG_IS_FOUND = """
CREATE INDEX log_of_one_row ON django_admin_log (content_type_id, object_id, id DESC);
CREATE INDEX log_newest_first ON django_admin_log (action_time DESC, id DESC);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0003_groups"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]

    operations = [
        migrations.RunSQL(
            LOG_IS_APPEND_ONLY,
            """
            DROP TRIGGER log_is_append_only ON django_admin_log;
            DROP FUNCTION articles_log_is_append_only();
            """,
        ),
        migrations.RunSQL(LOG_IS_FOUND, "DROP INDEX log_of_one_row; DROP INDEX log_newest_first;"),
    ]
