"""What an article is checked for before readers get it: each rule, alone and at its edge."""

import pytest
from django.contrib.auth import get_user_model

from articles import checklist
from articles.models import Article, Override, Redirect
from tests.factories import make_article, make_author, make_complete_article, make_image, make_page, make_tag

pytestmark = pytest.mark.django_db


def found(article):
    return {finding.rule: finding.sentence for finding in checklist.check(article)}


def rules(**fields):
    return list(found(make_complete_article(**fields)))


def test_a_complete_article_has_no_findings():
    assert rules(body="<h2>One</h2><p>Words.</p><h3>Two</h3><p>Words.</p>") == []


# What is missing


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("analysis", {"standfirst", "byline", "lead-image"}),
        ("bulletin", {"standfirst", "byline"}),
        ("announcement", {"standfirst"}),
        ("mention", set()),
    ],
)
def test_each_kind_wants_its_own_parts(kind, expected):
    article = make_article(status="draft", kind=kind, standfirst=" \u200f ")

    assert found(article).keys() == expected


@pytest.mark.parametrize(("length", "expected"), [(60, []), (61, ["long-title"])])
def test_a_title_that_search_results_would_cut_is_named(length, expected):
    assert rules(title="ת" * length) == expected


# Pictures


def test_a_picture_without_description_blocks_unless_it_is_decorative():
    silent, decorative = make_image(alt="", title="Harbour"), make_image(alt="", decorative=True)
    body = "".join(f'<figure data-image="{image.pk}"></figure>' for image in (silent, decorative))

    finding = checklist.check(make_complete_article(body=body))[0]

    assert finding.blocks
    assert finding.rule == "alternative-text"
    assert "Harbour" in finding.sentence


def test_the_lead_image_is_asked_for_its_description_too():
    assert rules(lead_image=make_image(alt="")) == ["alternative-text"]


def test_a_picture_that_has_left_the_library_is_named():
    article = make_complete_article()
    Article.objects.filter(pk=article.pk).update(body='<figure data-image="999999"></figure>')
    article.refresh_from_db()

    assert list(found(article)) == ["lost-picture"]


# Headings


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<h2>A</h2><h3>B</h3><h4>C</h4><h2>D</h2>", []),
        ("<h2>A</h2><h4>Deep</h4>", ["heading-order"]),
        ("<h3>First</h3><p>x</p>", ["heading-order"]),
        ("<p>None</p>", []),
    ],
)
def test_headings_go_down_one_level_at_a_time(body, expected):
    assert rules(body=body) == expected


# Links


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ('<a href="https://example.org/">the report</a>', []),
        ('<a href="https://example.org/"> \u200b</a>', ["empty-link"]),
        ('<a href="https://example.org/a">https://example.org/a</a>', ["bare-link"]),
        ('<a href="https://example.org/a">www.example.org/a</a>', ["bare-link"]),
        ('<a href="https://example.org/a">see www.example.org/a</a>', []),
    ],
)
def test_links_say_where_they_lead(link, expected):
    article = make_complete_article()
    Article.objects.filter(pk=article.pk).update(body=f"<p>Read {link} now.</p>")
    article.refresh_from_db()

    assert list(found(article)) == expected


PUBLIC = [
    "/",
    "/search/?q=x",
    "/kinds/analysis/",
    "/tags/",
    "/newsletter/",
    "/ar/",
    "/feeds/",
    "/media/images/a.png",
]
NOWHERE = ["/articles/gone/", "/gone/", "/kinds/none/", "/tags/none/", "/authors/none/", "/admin/", "/a/b/c"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [*[(path, []) for path in PUBLIC], *[(path, ["broken-link"]) for path in NOWHERE]],
)
def test_links_on_this_site_lead_somewhere(path, expected):
    assert rules(body=f'<p><a href="{path}">words</a></p>') == expected


def test_links_to_what_is_public_are_good_however_they_are_written():
    make_article(slug="מצר", language="he", tags=[make_tag(name="Straits")])
    make_page(slug="about")
    make_author(slug="ines")
    paths = ["/he/articles/מצר/", "/he/articles/מצר", "http://testserver/about/#top", "/authors/ines/"]
    paths += ["/he/tags/straits/"]

    assert rules(body="".join(f'<p><a href="{path}">words</a></p>' for path in paths)) == []


@pytest.mark.parametrize("status", ["draft", "review", "withdrawn"])
def test_links_to_what_readers_do_not_get_are_broken(status):
    other = make_article(status=status)

    sentence = found(make_complete_article(body=f'<p><a href="/articles/{other.slug}/">the other</a></p>'))

    assert "the other" in sentence["broken-link"]


def test_a_link_to_an_old_address_is_good_while_that_leads_to_something_public():
    there, gone = make_article(), make_article(status="draft")
    Redirect.objects.create(path="/2019/there/", article=there)
    Redirect.objects.create(path="/2019/gone/", article=gone)
    body = '<p><a href="/2019/there">kept</a> <a href="/2019/gone/">lost</a></p>'

    sentence = found(make_complete_article(body=body))["broken-link"]

    assert "lost" in sentence
    assert "kept" not in sentence


# Placeholders


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"body": "<p>The minister, TKTK, said.</p>"}, ["placeholder"]),
        ({"title": "TKTKTK"}, ["placeholder"]),
        ({"standfirst": "Number TK here."}, ["possible-placeholder"]),
        ({"body": "<p>ATKINS and Tk and tktk.</p>"}, []),
    ],
)
def test_placeholders_are_found_in_title_standfirst_and_text(fields, expected):
    assert rules(**fields) == expected


# Tables


@pytest.mark.parametrize(
    ("first_row", "expected"),
    [
        ("<th>Port</th><th>Ships</th>", []),
        ("<td>Port</td><td>Ships</td>", ["table-heading"]),
        ("<th></th><th> </th>", ["table-heading"]),
    ],
)
def test_tables_have_a_row_of_headings(first_row, expected):
    article = make_complete_article()
    body = f"<table><tbody><tr>{first_row}</tr><tr><td>Sarn</td><td>4</td></tr></tbody></table>"
    Article.objects.filter(pk=article.pk).update(body=body)
    article.refresh_from_db()

    assert list(found(article)) == expected


# Addresses


def test_a_rework_may_keep_its_articles_address_and_take_no_others():
    original, other = make_article(slug="mine"), make_article(slug="theirs")

    same = make_complete_article(slug="mine", draft_of=original)
    assert list(found(same)) == []
    same.slug = other.slug
    assert list(found(same)) == ["address"]


def test_taking_the_old_address_of_another_piece_is_named():
    Redirect.objects.create(path="/articles/mine/", article=make_article())

    assert rules(slug="mine") == ["old-address"]


# All of it together


def test_what_blocks_comes_first():
    findings = checklist.check(make_article(status="draft", body="<p>TKTK</p>"))

    assert [finding.blocks for finding in findings] == [True, False, False, False]


def test_many_articles_cost_as_much_as_one(django_assert_num_queries):
    author, image = make_author(), make_image()
    other = make_article()
    body = f'<p><a href="/articles/{other.slug}/">a</a><a href="/about/">b</a><a href="/tags/x/">c</a></p>'
    body += f'<p><a href="/authors/{author.slug}/">d</a></p><figure data-image="{image.pk}"></figure>'
    articles = [make_complete_article(body=body, authors=[author], lead_image=image) for _each in range(20)]
    articles = list(Article.objects.filter(pk__in=[article.pk for article in articles]))

    with django_assert_num_queries(9):
        checklist.check_all(articles)


def test_only_accepted_warnings_pass_and_they_are_recorded():
    user = get_user_model().objects.create_user("ed")
    article = make_complete_article(standfirst="", title="x" * 70)

    with pytest.raises(checklist.Held) as held:
        checklist.demand(article, user, accepted=["standfirst"])
    assert [finding.rule for finding in held.value.findings] == ["standfirst", "long-title"]
    assert not Override.objects.exists()

    checklist.demand(article, user, accepted=["standfirst", "long-title"])
    assert [(row.rule, row.user) for row in Override.objects.order_by("rule")] == [
        ("long-title", user),
        ("standfirst", user),
    ]


def test_what_blocks_cannot_be_accepted():
    article = make_complete_article(body="<p>TKTK</p>")

    with pytest.raises(checklist.Held):
        checklist.demand(article, None, accepted=["placeholder"])
