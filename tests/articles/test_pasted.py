"""What the sanitiser takes out of a text: what is said of it, and that it is said once."""

import pytest

from articles import markup
from articles.models import Article, Page
from tests.articles.test_admin_writing import ADD, form
from tests.factories import make_colleague, make_page

pytestmark = pytest.mark.django_db
SAID = "Taken out of the text"


@pytest.mark.parametrize(
    ("source", "things"),
    [
        ("<p>a</p><script>x()</script><p onclick=x()>b</p>", "2 scripts"),
        (
            '<iframe src="https://www.example.org/x"></iframe><embed src="//example.com/y">'
            '<iframe src="https://www.example.org/y"></iframe>',
            "3 embedded pages (example.org, example.com)",
        ),
        ('<img src="https://example.org/a.jpg"><img src="file:///c"><svg width="600"></svg>', "3 pictures"),
        ('<p><a href="javascript:x">a</a> <a href="file:///c/x">b</a></p>', "the addresses of 2 links"),
        ('<p><span style="color:#c00">a</span> <font color="blue">b</font></p>', "colours"),
        ('<td style="background-color: rgb(255, 242, 204)">a</td>', "colours"),
        ("<p><u>a</u></p>", "underlining"),
        ("<video src=x></video><audio></audio><math><mi>x</mi></math>", "2 recordings, 1 formula"),
        ("<p>a<input><select></select></p>", "2 form fields"),
    ],
)
def test_what_goes_is_counted(source, things):
    assert markup.removed(source).sentence.startswith(f"{SAID}: {things}.")


@pytest.mark.parametrize(
    "source",
    [
        "<p class=MsoNormal style='mso-x:y;font-family:Calibri;margin:0'><o:p>&nbsp;</o:p>a<!-- b --></p>",
        '<p style="color:#000000;background-color:transparent">a</p><p style="color:windowtext">b</p>',
        '<p><a href="https://example.org"><span style="color:#1155cc"><u>a</u></span></a></p>',
        '<font color="#000080"><u><a href="https://example.org">a</a></u></font>',
        '<h1><span style="color:#2F5496">a</span></h1><p style="color:rgb(32, 33, 36)">b</p>',
        '<iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ"></iframe>',
        '<figure data-image="3"><img src="x"></figure><img width=1 height=1 src="https://example.org/p">',
        '<style>p{color:red}</style><meta charset=x><script type="application/ld+json">{}</script>',
        '<table><tr><td colspan="2">a</td></tr></table><custom-thing>b</custom-thing><a name="x">c</a>',
        '<span style="color:red"> </span><u><br></u>',
    ],
)
def test_noise_is_not_worth_a_word(source):
    assert not markup.removed(source)


def test_the_words_are_said_to_be_there_only_where_they_are():
    assert "The words are all there." in markup.removed("<p><u>a</u></p>").sentence
    assert "words" not in markup.removed("<form><label>Your name</label></form>").sentence
    assert "words" not in markup.removed("<p><u>a</u></p><button>Join</button>").sentence


def test_of_a_text_that_is_clean_nothing_goes():
    source = '<p>a <u>b</u><img src=x><a href="x:y">c</a><iframe src=//e.org></iframe></p><form>d</form>'

    assert not markup.removed(markup.clean(source))


@pytest.mark.parametrize(
    "style", ["color:rgb(var(--x))", "color:rgb(" + "9" * 9000 + ")", "color:#", "color"]
)
def test_a_hostile_style_is_no_trouble(style):
    markup.removed(f'<p style="{style}">a</p><iframe src="https://[x"></iframe>')


def test_links_lead_straight_to_where_they_lead():
    there = "https%3A%2F%2Fexample.org%2Fa%3Fb%3D1%26c%3D2"
    for detour in (
        f"https://www.google.com/url?q={there}&amp;sa=D&amp;source=editors&amp;ust=1&amp;usg=x",
        f"https://eur01.safelinks.protection.outlook.com/?url={there}&amp;data=05",
    ):
        cleaned = markup.clean(f'<p><a href="{detour}">a</a></p>')
        assert cleaned == '<p><a href="https://example.org/a?b=1&amp;c=2">a</a></p>'
        assert markup.clean(cleaned) == cleaned


def test_a_detour_to_no_web_page_stays_what_it_is():
    for address in (
        "https://www.google.com/url?q=javascript:alert(1)&amp;sa=D",
        "https://www.google.com/search?q=https://example.org&amp;sa=D",
    ):
        assert address in markup.clean(f'<p><a href="{address}">a</a></p>')


def test_the_editor_is_told_after_a_save_and_only_once(admin_client):
    body = '<p>a</p><iframe src="https://example.org"></iframe>'

    page = admin_client.post(ADD, form(body=body), follow=True).content.decode()

    assert f"{SAID}: 1 embedded page (example.org). The words are all there." in page
    article = Article.objects.get()
    change = f"/admin/articles/article/{article.pk}/change/"
    assert SAID not in admin_client.get(change).content.decode()
    again = form(body=article.body, slug=article.slug, seen=article.version)
    assert SAID not in admin_client.post(change, again, follow=True).content.decode()


def test_nothing_is_said_of_what_was_not_saved(admin_client):
    refused = form(title="", body="<p>a</p><script>x</script>")

    assert SAID not in admin_client.post(ADD, refused, follow=True).content.decode()


def test_a_page_says_it_too(admin_client):
    page = make_page(body="<p>a</p>")
    sent = {"language": "en", "title": "About", "slug": page.slug, "body": "<p><u>a</u></p>", "position": 0}

    answer = admin_client.post(f"/admin/articles/page/{page.pk}/change/", sent, follow=True)

    assert f"{SAID}: underlining." in answer.content.decode()
    assert Page.objects.get().body == "<p>a</p>"


def test_the_editor_in_the_browser_asks_what_of_a_paste_goes(client):
    client.force_login(make_colleague("Writer"))
    address = "/admin/articles/article/pasted/"

    said = client.post(address, "<p>ü <u>a</u></p>".encode(), content_type="text/html").json()["said"]

    assert said == f"{SAID}: underlining. The words are all there."
    assert client.post(address, b"\xff", content_type="text/html").json() == {"said": ""}
