"""Tidy tags: other names, merges that can be undone, sweeps, and tags that a text speaks of."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from articles import tagging
from articles.forms import TagsField
from articles.models import Article, Tag, TagAlias, TaggedArticle, TagMerge
from articles.tag_spotting import spot
from tests.factories import make_article, make_tag

pytestmark = pytest.mark.django_db


def tags_of(article):
    return [row.tag.name for row in article.tagged.select_related("tag").order_by("pk")]


def make_alias(tag, name="", slug=None):
    return TagAlias.objects.create(tag=tag, name=name, slug=slug or name.lower())


# Other names


def test_another_name_gives_the_tag_whatever_its_capitals():
    ports = make_tag(name="Ports")
    make_alias(ports, "Harbours")

    assert TagsField().clean(["HARBOURS", "Canals", "ports"]) == ["Ports", "Canals"]


def test_an_old_address_leads_to_the_tags_page_for_good(client):
    ports = make_tag(name="Ports", slug="ports")
    make_alias(ports, "Harbours", "harbours")
    make_article(tags=["Ports"])
    make_article(tags=["Ports"], language="ar")

    for prefix in ("", "/ar"):
        response = client.get(f"{prefix}/tags/harbours/")
        assert (response.status_code, response.headers["Location"]) == (301, f"{prefix}/tags/ports/")
        assert client.get(response.headers["Location"]).status_code == 200
    assert "Ports" in client.get("/feeds/tags/harbours/", follow=True).text
    assert client.get("/tags/nothing/").status_code == 404
    assert client.get("/feeds/tags/nothing/").status_code == 404


def test_an_address_in_another_script_leads_on_too(client):
    iraq = make_tag(name="العراق")
    make_alias(iraq, "بغداد")
    make_article(tags=["العراق"])

    assert client.get("/tags/بغداد/").status_code == 301


def test_a_tag_that_moves_leaves_its_address_behind_and_may_come_back(client):
    ports = make_tag(name="Ports", slug="ports")
    make_article(tags=["Ports"])

    ports.slug = "harbours"
    ports.save()
    assert client.get("/tags/ports/", follow=True).redirect_chain == [("/tags/harbours/", 301)]

    ports.slug = "ports"
    ports.save()
    assert client.get("/tags/ports/").status_code == 200
    assert client.get("/tags/harbours/", follow=True).redirect_chain == [("/tags/ports/", 301)]


def test_a_new_tag_keeps_off_the_old_address_of_another():
    make_alias(make_tag(name="Ports"), "Harbours", "quays")

    assert make_tag(name="Quays").slug == "quays-2"


def test_one_name_never_means_two_tags():
    ports, canals = make_tag(name="Ports", slug="ports"), make_tag(name="Canals", slug="canals")
    make_alias(ports, "Harbours", "harbours")

    for wrong in (
        Tag(name="harbours", slug="x"),
        Tag(name="New", slug="harbours"),
        TagAlias(tag=ports, name="CANALS", slug="x"),
        TagAlias(tag=canals, name="harbours", slug="x"),
        TagAlias(tag=canals, name="x", slug="ports"),
        TagAlias(tag=canals, name="!?"),
    ):
        with pytest.raises(ValidationError):
            wrong.full_clean()


def test_suggestions_know_other_names_and_put_first_what_begins_with_the_typed():
    make_alias(make_tag(name="Ports"), "Harbours")
    make_tag(name="Old harbours")

    assert [tag.name for tag in Tag.objects.suggest("harb")] == ["Ports", "Old harbours"]


# Merges


def test_a_merge_moves_articles_names_and_addresses(client, admin_user):
    harbours, ports, quays = make_tag(name="Harbours"), make_tag(name="Ports"), make_tag(name="Quays")
    make_alias(harbours, "Havens")
    both = make_article(tags=["Canals", "Harbours", "Ports", "Quays"])
    one = make_article(tags=["Quays", "Canals"], status="draft")

    merge = tagging.merge([harbours, quays, ports], ports, admin_user)

    assert tags_of(both) == ["Canals", "Ports"]
    assert tags_of(one) == ["Ports", "Canals"]
    assert sorted(Tag.objects.values_list("name", flat=True)) == ["Canals", "Ports"]
    assert TagsField().clean(["Harbours", "quays", "havens"]) == ["Ports"]
    for old in ("harbours", "quays", "havens"):
        assert client.get(f"/tags/{old}/", follow=True).redirect_chain == [("/tags/ports/", 301)]
    both.refresh_from_db()
    assert sorted(both.keywords.split()) == ["Canals", "Ports"]
    assert merge.user == admin_user


def test_an_undone_merge_is_as_if_it_had_never_been(client):
    harbours = make_tag(name="Harbours", description="Where ships lie.")
    ports, quays = make_tag(name="Ports"), make_tag(name="Quays")
    make_alias(harbours, "Havens")
    articles = [
        make_article(tags=["Harbours", "Canals"]),
        make_article(tags=["Ports", "Harbours"]),
        make_article(tags=["Canals", "Quays"]),
        make_article(tags=["Ports"]),
    ]
    before = [tags_of(article) for article in articles]
    merge = tagging.merge([harbours, quays], ports)

    undone = tagging.undo(merge)

    assert [sorted(tags_of(article)) for article in articles] == [sorted(names) for names in before]
    assert tags_of(articles[0]) == ["Harbours", "Canals"]
    assert (undone.articles_gone, undone.taken) == (0, [])
    assert client.get("/tags/harbours/").status_code == 200
    back = Tag.objects.get(name="Harbours")
    assert (back.description, [alias.name for alias in back.aliases.all()]) == (
        "Where ships lie.",
        ["Havens"],
    )
    articles[0].refresh_from_db()
    assert "Harbours" in articles[0].keywords
    with pytest.raises(tagging.Gone):
        tagging.undo(merge)


def test_undoing_says_what_it_could_not_bring_back():
    harbours, ports = make_tag(name="Harbours"), make_tag(name="Ports")
    gone, stays = make_article(tags=["Harbours"]), make_article(tags=["Harbours"])
    merge = tagging.merge([harbours], ports)
    gone.delete()
    TagAlias.objects.all().delete()
    make_tag(name="harbours", description="A new one.")

    undone = tagging.undo(merge)

    assert (undone.articles_gone, undone.taken, undone.tags) == (1, ["Harbours"], [])
    assert tags_of(stays) == ["harbours"]


def test_undoing_after_the_kept_tag_took_the_lost_name_takes_nothing_away():
    harbours, ports = make_tag(name="Harbours"), make_tag(name="Ports")
    article = make_article(tags=["Harbours"])
    merge = tagging.merge([harbours], ports)
    TagAlias.objects.all().delete()
    Tag.objects.update(name="Harbours")

    tagging.undo(merge)

    assert tags_of(article) == ["Harbours"]


def test_merges_of_merges_are_undone_one_by_one():
    quays, harbours, ports = make_tag(name="Quays"), make_tag(name="Harbours"), make_tag(name="Ports")
    article = make_article(tags=["Quays"])
    first = tagging.merge([quays], harbours)
    second = tagging.merge([harbours], ports)

    tagging.undo(second)
    assert tags_of(article) == ["Harbours"]
    assert TagsField().clean(["quays"]) == ["Harbours"]

    tagging.undo(TagMerge.objects.get(pk=first.pk))
    assert tags_of(article) == ["Quays"]
    assert Tag.objects.get(name="Harbours")


def test_a_tag_that_is_gone_is_not_merged():
    ports, quays = make_tag(), make_tag()
    Tag.objects.filter(pk=quays.pk).delete()

    for chosen in ([ports, quays], [ports], []):
        with pytest.raises(tagging.Gone):
            tagging.merge(chosen, ports)


def test_a_merge_costs_the_same_however_many_articles(django_assert_max_num_queries):
    tags = [make_tag() for _tag in range(4)]
    for _number in range(8):
        make_article(tags=tags)

    with django_assert_max_num_queries(26):
        tagging.merge(tags, tags[0])


@pytest.mark.django_db(transaction=True)
def test_of_two_merges_at_once_the_second_says_that_a_tag_is_gone():
    quays, harbours, ports = make_tag(), make_tag(), make_tag()
    make_article(tags=[quays])
    outcomes = []

    def merge(into):
        try:
            outcomes.append(str(tagging.merge([quays, into], into).into))
        except tagging.Gone:
            outcomes.append("gone")
        finally:
            connection.close()

    threads = [threading.Thread(target=merge, args=[into]) for into in (harbours, ports)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes.count("gone") == 1
    assert TaggedArticle.objects.count() == 1


# Sweeps


def test_a_sweep_takes_only_what_no_article_has():
    used, unused = make_tag(name="Used"), make_tag(name="Unused")
    draft = make_article(tags=["Used"], status="draft")

    assert tagging.sweep([used.pk, unused.pk, 99999]) == [unused]

    assert tags_of(draft) == ["Used"]
    assert list(Tag.objects.all()) == [used]


# What a text speaks of


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Iraq", "IRAQ's vote"),
        ("Popular Mobilization", "the popular  mobilization\nforces"),
        ("Straße", "an der STRASSE"),
        ("Café", "cafe"),
        ("Al-Qaeda", "al Qaeda says"),
        ("Türkiye", "In Türkiye."),
        ("العراق", "انتخابات العراق"),
        ("العراق", "والعراق"),
        ("العراق", "للعراق"),
        ("العراق", "بالعراق"),
        ("العراق", "عِراق"),
        ("الحشد الشعبي", "قوات الحشد الشعبي"),
        ("الحشد الشعبي", "والحشد الشعبي"),
        ("إيران", "ايران"),
        ("مصر", "ومصر"),
        ("وزارة", "وزارة الدفاع"),
        ("עיראק", "ובעיראק"),
        ("C", "in C."),
    ],
)
def test_a_tag_is_found_in_a_text(name, text):
    make_tag(name=name)

    assert spot(text) == [name]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Iran", "Iranian"),
        ("Port", "airport ports"),
        ("Popular Mobilization", "popular"),
        ("Popular Mobilization", "Mobilization popular"),
        ("عراق", "عراقيون"),
        ("مصر", "نصر"),
        ("Iraq", ""),
    ],
)
def test_a_part_of_a_word_is_not_the_word(name, text):
    make_tag(name=name)

    assert spot(text) == []


def test_another_name_in_the_text_finds_the_tag_and_the_most_frequent_come_first():
    make_alias(make_tag(name="PMU"), "Hashd", "hashd")
    make_tag(name="Iraq")
    for number in range(20):
        make_tag(name=f"Word{number}")

    found = spot("Iraq. Hashd and hashd and PMU. " + " ".join(f"word{number}" for number in range(20)))

    assert found[:2] == ["PMU", "Iraq"]
    assert len(found) == 12


def test_an_enormous_text_and_many_tags_are_read_in_time():
    Tag.objects.bulk_create(Tag(name=f"Subject {number}", slug=f"s{number}") for number in range(5000))

    assert spot("subject 7 and so on " * 100_000) == ["Subject 7"]


def test_the_draft_of_an_article_with_a_merged_tag_is_an_article_like_any_other():
    article = make_article(tags=["Quays"])
    rework = Article.objects.create(title="x", slug=article.slug, draft_of=article)
    rework.tags.add("Quays")

    tagging.merge([Tag.objects.get(name="Quays")], make_tag(name="Ports"))

    assert tags_of(rework) == tags_of(article) == ["Ports"]


# The desk

LIST = "/admin/articles/tag/"


def merge_by_form(client, tags, **data):
    data |= {"action": "merge", "_selected_action": [tag.pk for tag in tags]}
    return client.post(LIST, data, follow=True)


def test_an_editor_merges_tags_and_takes_it_back(admin_client):
    harbours, ports = make_tag(name="Harbours"), make_tag(name="Ports")
    article = make_article(tags=["Harbours"])

    asked = merge_by_form(admin_client, [harbours, ports])
    assert "Which tag stays?" in asked.text
    assert Tag.objects.count() == 2

    done = merge_by_form(admin_client, [harbours, ports], into=ports.pk)
    assert "has taken over “Harbours”" in done.text
    assert tags_of(article) == ["Ports"]

    merge = TagMerge.objects.get()
    address = f"/admin/articles/tagmerge/{merge.pk}/"
    assert f'href="{address}change/"' in done.text
    assert "Undo this merge" in admin_client.get(f"{address}change/").text
    assert admin_client.get(f"{address}undo/").status_code == 405
    undone = admin_client.post(f"{address}undo/", follow=True)
    assert "tags of their own again: Harbours" in undone.text
    assert tags_of(article) == ["Harbours"]
    assert "undone already" in admin_client.post(f"{address}undo/", follow=True).text


def test_a_merge_needs_two_tags_that_are_there(admin_client):
    ports, quays = make_tag(), make_tag()

    assert "Choose between two" in merge_by_form(admin_client, [ports]).text
    assert "Which tag stays?" in merge_by_form(admin_client, [ports, quays], into="99999").text
    assert Tag.objects.count() == 2


def test_only_who_may_change_tags_merges_and_undoes(client, django_user_model):
    ports, quays = make_tag(), make_tag()
    merge = tagging.merge([make_tag(), ports], ports)
    client.force_login(django_user_model.objects.create_user("clerk", is_staff=True))

    assert merge_by_form(client, [ports, quays], into=ports.pk).status_code == 403
    assert client.post(f"/admin/articles/tagmerge/{merge.pk}/undo/").status_code == 403
    for address in (f"{LIST}unused/", "/admin/articles/tagmerge/"):
        assert client.get(address).status_code == 403
    assert client.post(f"{LIST}spot/", {"text": "x"}).status_code == 403


def test_unused_tags_are_listed_and_swept_once_confirmed(admin_client):
    used, unused = make_tag(name="Used"), make_tag(name="Idle")
    make_article(tags=["Used"])

    page = admin_client.get(f"{LIST}unused/").text
    assert "Idle" in page
    assert ">Used<" not in page

    done = admin_client.post(f"{LIST}unused/", {"tag": [unused.pk, used.pk, "x", "9" * 30]}, follow=True)

    assert "1 unused tag is deleted" in done.text
    assert list(Tag.objects.all()) == [used]
    assert "Every tag has an article" in admin_client.get(f"{LIST}unused/").text


def test_other_names_are_written_in_the_tags_form(admin_client):
    tag = make_tag(name="Ports", slug="ports")
    make_tag(name="Quays", slug="quays")

    def save(name):
        return admin_client.post(
            f"{LIST}{tag.pk}/change/",
            {
                "name": "Ports",
                "slug": "ports",
                "aliases-TOTAL_FORMS": 1,
                "aliases-INITIAL_FORMS": 0,
                "aliases-0-name": name,
                "aliases-0-slug": "",
            },
        )

    assert "merge the two" in save("Quays").text
    save("Old Harbours")

    assert list(tag.aliases.values_list("name", "slug")) == [("Old Harbours", "old-harbours")]


def test_the_text_that_is_being_written_suggests_tags(admin_client):
    make_tag(name="Ports")

    answer = admin_client.post(f"{LIST}spot/", {"text": "The port, the ports."})

    assert answer.json() == {"tags": ["Ports"]}
    assert admin_client.get(f"{LIST}spot/").status_code == 405
