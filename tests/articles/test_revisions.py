"""Every save is kept whole, any two compare in words, and any one comes back."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from articles import revisions
from articles.models import Article, Author, Byline, Image, OutboundLink, RelatedLink, Revision, Tag, TagAlias
from tests.factories import make_article, make_author, make_image, make_series, make_tag, make_upload

pytestmark = pytest.mark.django_db


def save(article, user=None, **fields):
    """A save by a person, as the form makes it."""
    with revisions.saving([article], user, revisions.SAVED):
        for name, value in fields.items():
            setattr(article, name, value)
        article.save()
    article.refresh_from_db()
    return article.revisions.first()


def compare(article, old=1, new=2):
    by_number = {revision.number: revision.snapshot for revision in article.revisions.all()}
    return revisions.compare(by_number[old], by_number[new])


def words(segments):
    """A side as text, with what has changed in brackets."""
    return "".join(f"[{part.text}]" if part.changed else part.text for part in segments)


def changes(comparison):
    return [
        (passage.row.change, words(passage.row.old), words(passage.row.new))
        for passage in comparison.passages
        if passage.row
    ]


# Keeping


def test_an_article_from_before_is_kept_as_it_was_before_its_first_save():
    article = make_article(title="Before")

    save(article, title="After")

    assert [
        (row.number, row.snapshot["fields"]["title"]) for row in article.revisions.order_by("number")
    ] == [(0, "Before"), (1, "After")]
    assert article.version == 1


def test_a_revision_holds_the_whole_article(django_user_model):
    image, shown = make_image(alt="Lead"), make_image(alt="Shown", upload=make_upload(size=(64, 40)))
    other = make_article(title="Other")
    article = make_article(
        body=f'<p>Words</p><figure data-image="{shown.pk}"></figure>',
        lead_image=image,
        authors=[make_author(name="Ines"), make_author(name="Daniel")],
        tags=["Ports", "Canals"],
        related=[other],
    )
    editor = django_user_model.objects.create_user("ines")

    kept = save(article, editor).snapshot

    assert kept["fields"]["title"] == article.title
    assert kept["fields"]["published_at"] == "2026-03-01T00:00:00+00:00"
    assert kept["fields"]["lead_image"] == {"id": image.pk, "name": "Lead"}
    assert [row["name"] for row in kept["byline"]] == ["Ines", "Daniel"]
    assert [row["name"] for row in kept["tags"]] == ["Ports", "Canals"]
    assert [row["name"] for row in kept["related"]] == ["Other"]
    assert kept["images"] == [{"id": shown.pk, "name": "Shown"}]
    assert article.revisions.first().user == editor


def test_every_editable_field_is_kept():
    kept = save(make_article()).snapshot["fields"]

    assert {"standfirst", "source_url", "event_starts_at", "series", "review_by", "slug"} <= kept.keys()
    assert not kept.keys() & {"id", "body_html", "version", "search", "updated_at"}


def test_words_are_counted():
    article = make_article(title="T", body="<p>one two three</p>")

    revision = save(article, body="<p>one 2 three four</p>")

    assert (revision.words_added, revision.words_removed) == (2, 1)


def test_a_failed_save_keeps_nothing():
    article = make_article()

    with pytest.raises(ValueError), revisions.saving([article], None, revisions.SAVED):
        raise ValueError

    article.refresh_from_db()
    assert article.version == 0
    assert not Revision.objects.exists()


def test_many_cost_the_queries_of_one(django_assert_max_num_queries):
    for _ in range(12):
        make_article(tags=["Ports"], authors=[make_author()])

    with django_assert_max_num_queries(24), revisions.saving(Article.objects.all(), None, "Published"):
        Article.objects.publish()

    assert Revision.objects.count() == 24


def test_what_happened_is_said_in_the_language_of_the_editor():
    revision = Revision(action=revisions.RESTORED, details={"number": 3})

    assert revision.happened == "Version 3 restored"


# Comparing


def test_a_change_is_shown_word_by_word():
    article = make_article(body="<p>The canal is open to all ships.</p><p>It stays.</p>")
    save(article)
    save(article, body="<p>The canal is <strong>closed</strong> to all large ships.</p><p>It stays.</p>")

    assert changes(compare(article)) == [
        (
            "changed",
            "The canal is [open] to all ships.",
            "The canal is [closed] to all [large] ships.",
        )
    ]


def test_a_paragraph_put_in_the_middle_is_added_and_the_rest_is_the_same():
    article = make_article(body="<p>One.</p><p>Two.</p>")
    save(article)
    save(article, body="<p>One.</p><h2>Between</h2><p>Two.</p>")

    assert changes(compare(article)) == [("added", "", "[Between]")]
    assert compare(article, 2, 2).differs is False


def test_rewritten_paragraphs_stand_beside_what_they_have_become():
    article = make_article(body="<p>Ships wait at the gate.</p><p>Grain is short in the city.</p>")
    save(article)
    save(article, body="<p>Entirely new words.</p><p>Grain is very short in the city.</p>")

    assert changes(compare(article)) == [
        ("removed", "[Ships wait at the gate.]", ""),
        ("added", "", "[Entirely new words.]"),
        ("changed", "Grain is short in the city.", "Grain is [very] short in the city."),
    ]


def test_arabic_words_keep_their_vowel_signs_together():
    article = make_article(language="ar", slug="م", body="<p>كَتَبَ الوزير رسالة إلى البرلمان.</p>")
    save(article)
    save(article, body="<p>كَتَبَ الرئيس رسالة إلى البرلمان.</p>")

    found = compare(article)

    assert changes(found) == [
        ("changed", "كَتَبَ [الوزير] رسالة إلى البرلمان.", "كَتَبَ [الرئيس] رسالة إلى البرلمان.")
    ]
    assert (found.old.direction, found.new.language) == ("rtl", "ar")


def test_two_titles_stand_beside_each_other_however_different():
    article = make_article(title="Mine")
    save(article)
    save(article, title="Theirs")

    assert changes(compare(article)) == [("changed", "[Mine]", "[Theirs]")]


def test_a_new_form_or_kind_of_the_same_words_is_said():
    article = make_article(body="<p>Tides</p><p>High water</p>")
    save(article)
    save(article, body="<h2>Tides</h2><p>High <em>water</em></p>")

    passages = compare(article).passages

    assert [passage.label for passage in passages if passage.row] == ["Paragraph, now Heading", "Paragraph"]
    assert {passage.row.change for passage in passages if passage.row} == {"form"}


def test_links_pictures_tables_and_notes_are_compared_too():
    image = make_image(alt="A buoy")
    article = make_article(
        body='<p>See <a href="https://old.example/">it</a><sup data-note="Old note">*</sup></p>'
        "<table><tbody><tr><td>6</td><td>2.1</td></tr></tbody></table>"
    )
    save(article)
    save(
        article,
        body='<p>See <a href="https://new.example/">it</a><sup data-note="New note">*</sup></p>'
        f'<figure data-image="{image.pk}"><figcaption>Dawn</figcaption></figure>'
        "<table><tbody><tr><td>6</td><td>2.4</td></tr></tbody></table>",
    )

    found = compare(article)

    assert {change.label: (change.removed, change.added) for change in found.lists} == {
        "Links in the text": (["https://old.example/"], ["https://new.example/"]),
        "Pictures in the text": ([], ["A buoy"]),
    }
    shown = {(passage.label, words(passage.row.new)) for passage in found.passages if passage.row}
    assert {
        ("Picture", "[A buoy]"),
        ("Caption", "[Dawn]"),
        ("Footnote", "[New] note"),
        ("Row of a table", "6 | 2.[4]"),
    } <= shown


def test_fields_byline_tags_and_related_links_are_compared():
    ines, daniel = make_author(name="Ines"), make_author(name="Daniel")
    article = make_article(
        status="draft", authors=[ines], tags=["Ports"], related=[make_article(title="Old")]
    )
    save(article)
    with revisions.saving([article], None, revisions.SAVED):
        Byline.objects.filter(article=article).delete()
        Byline.objects.create(article=article, author=daniel)
        article.tags.add("Canals")
        RelatedLink.objects.create(article=article, url="https://example.org/", title="Out", position=2)
        article.kind = "bulletin"
        article.save()

    found = compare(article)

    assert [(change.label, change.old, change.new) for change in found.fields] == [
        ("Kind", "Analysis", "Bulletin")
    ]
    assert [(change.label, change.removed, change.added) for change in found.lists] == [
        ("Byline", ["Ines"], ["Daniel"]),
        ("Tags", [], ["Canals"]),
        ("Related links", [], ["Out (https://example.org/)"]),
    ]


def test_a_part_of_a_second_that_no_form_keeps_is_no_difference():
    published = datetime(2026, 3, 1, 9, 30, 5, 654321, tzinfo=UTC)
    article = make_article(published_at=published)
    revisions.record(article, None)
    Article.objects.filter(pk=article.pk).update(published_at=published.replace(microsecond=0))
    revisions.record(article, None)
    Article.objects.filter(pk=article.pk).update(published_at=published + timedelta(hours=1))
    revisions.record(article, None)

    assert not compare(article).differs
    assert [change.label for change in compare(article, 2, 3).fields] == ["Publication"]


def test_texts_without_end_are_compared_in_bounded_time():
    old, new = "<p>" + "a b " * 40_000 + "</p>", "<p>" + "b a c " * 30_000 + "</p>"
    article = make_article()
    kept = revisions.snapshot(article)
    sides = [{**kept, "fields": {**kept["fields"], "body": body}} for body in (old, new)]

    found = revisions.compare(*sides)

    assert [passage.row.change for passage in found.passages if passage.row] == ["changed"]


# Restoring


def test_restoring_brings_everything_back_as_one_more_save(django_user_model):
    editor = django_user_model.objects.create_user("ines")
    image, other = make_image(), make_article()
    article = make_article(
        title="First",
        body="<p>First words.</p>",
        lead_image=image,
        authors=[make_author(name="Ines"), make_author(name="Daniel")],
        tags=["Ports", "Canals"],
        related=[other],
    )
    first = save(article)
    with revisions.saving([article], editor, revisions.SAVED):
        article.title, article.body, article.lead_image = "Second", "<p>Gone.</p>", None
        article.save()
        article.bylines.all().delete()
        article.tags.clear()
        article.related_links.all().delete()

    gone = revisions.restore(article, first, editor)

    article.refresh_from_db()
    assert gone == []
    assert (article.title, article.body, article.lead_image) == ("First", "<p>First words.</p>", image)
    assert "First words." in article.body_html
    assert [byline.author.name for byline in article.bylines.all()] == ["Ines", "Daniel"]
    assert [row.tag.name for row in article.tagged.order_by("pk")] == ["Ports", "Canals"]
    assert [row.target for row in article.related_links.all()] == [other]
    assert "Canals" in article.keywords
    assert [row.happened for row in article.revisions.all()] == [
        "Version 1 restored",
        "Saved",
        "Saved",
        "As it was before its saves were kept",
    ]
    assert not revisions.compare(article.revisions.first().snapshot, first.snapshot).differs


def test_restoring_names_what_is_gone_and_leaves_it_out():
    lead, shown = make_image(alt="Lead"), make_image(alt="Buoy", upload=make_upload(size=(64, 40)))
    article = make_article(
        body=f'<p>Words.</p><figure data-image="{shown.pk}"></figure>',
        lead_image=lead,
        authors=[make_author(name="Ines"), make_author(name="Daniel")],
        tags=["Ports", "Canals"],
        related=[make_article(title="Other")],
    )
    first = save(article)
    save(article, body="<p>Words.</p>", lead_image=None)
    article.bylines.all().delete()
    Author.objects.filter(name="Ines").delete()
    Tag.objects.filter(name="Ports").delete()
    Article.objects.filter(title="Other").delete()
    Image.objects.all().delete()

    gone = revisions.restore(article, first, None)

    article.refresh_from_db()
    assert sorted(sentence.partition(" does")[0] for sentence in gone) == [
        "Author “Ines”",
        "Lead image “Lead”",
        "Picture “Buoy”",
        "Related article “Other”",
        "Tag “Ports”",
    ]
    assert article.body == "<p>Words.</p>"
    assert [str(byline.author) for byline in article.bylines.all()] == ["Daniel"]
    assert [str(tag) for tag in article.tags.all()] == ["Canals"]


def test_restoring_finds_a_tag_that_was_merged():
    article = make_article(tags=["Harbours"])
    first = save(article)
    Tag.objects.get(name="Harbours").delete()
    ports = make_tag(name="Ports")
    TagAlias.objects.create(tag=ports, name="Harbours", slug="harbours")

    assert revisions.restore(article, first, None) == []
    assert [row.tag for row in article.tagged.all()] == [ports]


def test_restoring_neither_publishes_nor_hides():
    article = make_article(status="draft", title="Then")
    first = save(article)
    article.publish()
    save(article, title="Now")

    revisions.restore(article, first, None)

    article.refresh_from_db()
    assert article.is_published
    assert article.title == "Then"


def test_restoring_does_not_take_an_address_from_another():
    article = make_article(slug="old")
    first = save(article)
    save(article, slug="new")
    make_article(slug="old")

    (sentence,) = revisions.restore(article, first, None)

    article.refresh_from_db()
    assert article.slug == "new"
    assert "“old” belongs to another article" in sentence


@pytest.mark.django_db(transaction=True)
def test_two_saves_at_once_get_two_numbers():
    from threading import Thread

    article = make_article()

    def save_it():
        try:
            with transaction.atomic():
                revisions.keep_first(Article.objects.get(pk=article.pk))
                revisions.record(article, None)
        finally:
            connection.close()

    threads = [Thread(target=save_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(article.revisions.values_list("number", flat=True)) == [0, 1, 2, 3, 4]


def test_restoring_finds_a_tag_by_any_spelling_and_brings_outside_links_to_the_ledger():
    article = make_article(tags=["ports"])
    RelatedLink.objects.create(article=article, url="https://example.org/old", title="Old")
    revisions.record(article, None)
    Tag.objects.all().delete()
    harbours = make_tag(name="Harbours")
    TagAlias.objects.create(tag=harbours, name="Ports", slug="ports")
    article.related_links.all().delete()
    OutboundLink.objects.record(article)

    gone = revisions.restore(article, article.revisions.get(), None)

    assert gone == []
    assert [str(row.tag) for row in article.tagged.all()] == ["Harbours"]
    assert [link.url for link in OutboundLink.objects.filter(uses__article=article)] == [
        "https://example.org/old"
    ]


def test_restoring_leaves_the_order_of_the_series():
    series = make_series()
    article, other = (make_article(series=series, series_position=place) for place in (1, 2))
    revisions.record(article, None)
    for part, place in ((other, 1), (article, 2)):
        Article.objects.filter(pk=part.pk).update(series_position=place)

    revisions.restore(article, article.revisions.get(number=1), None)

    assert list(series.articles.in_series_order()) == [other, article]
