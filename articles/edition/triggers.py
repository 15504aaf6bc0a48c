"""How a table is watched, so that a change of what readers see moves the edition. For migrations.

A new table that public pages read takes one line among the operations of its migration:

    from articles.edition.triggers import of_public, watch

    operations = [..., watch("articles_narration", of_public("article_id"))]

A table that they do not read is listed with the reason in tests/articles/test_edition.py, which looks at all
of them. Moments at which the site changes by the clock alone are a line in articles.edition.MOMENTS.

Released migrations call these functions, so what they do may only be added to.
"""

from django.db import migrations

# Published, also ahead of its time, or withdrawn, which readers of the address are told. A rework that waits
# for its moment counts too; other drafts do not.
PUBLIC_STATUS = "('published', 'withdrawn')"


def public_articles():
    return f"changed.status IN {PUBLIC_STATUS}"


def of_public(column):
    """Return the condition that a row belongs to an article that readers know of."""
    return (
        f"EXISTS (SELECT FROM articles_article AS article WHERE article.id = changed.{column}"
        f" AND article.status IN {PUBLIC_STATUS})"
    )


def watch(table, condition="true", *, inserts=True):
    """Return the operation that lets changes of a table's rows move the edition.

    `condition` is SQL about a row called `changed`, as it was or as it becomes: rows that do not fulfil it do
    not count. Without `inserts` a new row counts for nothing until another table leads to it.
    """
    quoted = condition.replace("'", "''")
    events = {"update": ["OLD", "NEW"], "delete": ["OLD"]} | ({"insert": ["NEW"]} if inserts else {})
    create = [
        f"CREATE TRIGGER edition_{event} AFTER {event.upper()} ON {table}"
        f" REFERENCING {' '.join(f'{side} TABLE AS {side.lower()}_rows' for side in sides)}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION articles_edition_notice('{quoted}');"
        for event, sides in events.items()
    ]
    create.append(
        f"CREATE TRIGGER edition_truncate AFTER TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION articles_edition_notice('true');"
    )
    drop = [f"DROP TRIGGER edition_{event} ON {table};" for event in [*events, "truncate"]]
    return migrations.RunSQL("\n".join(create), "\n".join(drop))


# A statement that changed something public leaves one row for its transaction.
NOTICE = """
CREATE FUNCTION articles_edition_notice() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    is_public boolean := TG_OP = 'TRUNCATE';
    this CONSTANT bigint := pg_current_xact_id()::text::bigint;
BEGIN
    IF EXISTS (SELECT FROM articles_editionmove WHERE transaction = this) THEN
        RETURN NULL;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        EXECUTE format('SELECT EXISTS (SELECT FROM new_rows AS changed WHERE %s)', TG_ARGV[0]) INTO is_public;
    END IF;
    IF TG_OP IN ('DELETE', 'UPDATE') AND NOT is_public THEN
        EXECUTE format('SELECT EXISTS (SELECT FROM old_rows AS changed WHERE %s)', TG_ARGV[0]) INTO is_public;
    END IF;
    IF is_public THEN
        INSERT INTO articles_editionmove (transaction) VALUES (this) ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
"""

# The row is looked at as the transaction commits, and once more after all else that waited for that, such as
# foreign keys: who holds the edition may wait for nobody. The number takes the time of the clock, so that a
# backup brought back cannot give an old number to new content.
MOVE = """
CREATE FUNCTION articles_edition_moves() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    clock CONSTANT bigint := extract(epoch FROM clock_timestamp()) * 1000000;
BEGIN
    IF NOT NEW.is_last THEN
        UPDATE articles_editionmove SET is_last = true WHERE transaction = NEW.transaction;
        RETURN NULL;
    END IF;
    DELETE FROM articles_editionmove WHERE transaction = NEW.transaction;
    INSERT INTO articles_edition AS edition (id, number) VALUES (1, clock)
    ON CONFLICT (id) DO UPDATE SET number = greatest(edition.number + 1, clock);
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER edition_moves AFTER INSERT OR UPDATE ON articles_editionmove
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION articles_edition_moves();

INSERT INTO articles_edition (id, number) VALUES (1, extract(epoch FROM clock_timestamp()) * 1000000);
"""

DROP = """
DROP TRIGGER edition_moves ON articles_editionmove;
DROP FUNCTION articles_edition_moves();
DROP FUNCTION articles_edition_notice();
"""
