"""Work that is done outside a request."""

from django_tasks import task

from articles import comment_mails, lexicon, link_checks, narrations
from articles.models import Article, Image, OutboundLink
from articles.renditions import make_renditions


@task()
def render_image(image_id):
    """Make all renditions of an image; one that was deleted meanwhile needs none."""
    if image := Image.objects.filter(pk=image_id).first():
        make_renditions(image)


@task(priority=-10)
def check_link(link_id):
    """Look whether an outside link that was claimed still leads somewhere, after all other work.

    Crash window: a worker that is killed while it waits for the answer is replaced by one that asks again.
    """
    link = OutboundLink.objects.filter(pk=link_id).first()
    if link and link.is_claimed:
        link_checks.check(link)


@task(priority=-20)
def refresh_lexicon():
    """Make the search's words of what is published now, after all other work; see lexicon.refresh."""
    lexicon.refresh()


@task()
def send_comment_mail(mail_id):
    """Send one mail to somebody named in a comment; its crash window is that of comment_mails.send."""
    comment_mails.send(mail_id)


@task(priority=-5)
def narrate(article_id, text_hash):
    """Let the server read an article aloud; one that says something else by now needs it no longer."""
    if article := Article.objects.filter(pk=article_id).first():
        narrations.make(article, text_hash)
