"""What must not be rewritten, by any code that uses the tables: the consent record and List-Ids."""

from django.db import migrations

CONSENT_IS_APPEND_ONLY = """
CREATE FUNCTION newsletter_consent_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    erased CONSTANT text[] := '{subscriber_id,origin,requested_from}';
BEGIN
    IF TG_OP = 'UPDATE'
        AND NEW.subscriber_id IS NULL AND NEW.origin IS NULL AND NEW.requested_from IS NULL
        AND to_jsonb(NEW) - erased = to_jsonb(OLD) - erased
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'The consent record is append-only: % refused.', TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER consent_is_append_only BEFORE UPDATE OR DELETE ON newsletter_consentevent
FOR EACH ROW EXECUTE FUNCTION newsletter_consent_is_append_only();
"""

LIST_ID_IS_PERMANENT = """
CREATE FUNCTION newsletter_list_id_is_permanent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A List-Id never changes (RFC 2919, section 2).'
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER list_id_is_permanent BEFORE UPDATE ON newsletter_newsletter
FOR EACH ROW WHEN (OLD.list_id IS DISTINCT FROM NEW.list_id)
EXECUTE FUNCTION newsletter_list_id_is_permanent();
"""


class Migration(migrations.Migration):
    dependencies = [("newsletter", "0001_initial")]

    operations = [
        migrations.RunSQL(
            CONSENT_IS_APPEND_ONLY,
            """
            DROP TRIGGER consent_is_append_only ON newsletter_consentevent;
            DROP FUNCTION newsletter_consent_is_append_only();
            """,
        ),
        migrations.RunSQL(
            LIST_ID_IS_PERMANENT,
            """
            DROP TRIGGER list_id_is_permanent ON newsletter_newsletter;
            DROP FUNCTION newsletter_list_id_is_permanent();
            """,
        ),
    ]
