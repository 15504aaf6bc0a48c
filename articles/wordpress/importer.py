"""Writes the posts and pages of an old site as articles and pages. Knows no XML."""

import email.utils
import re
import zoneinfo
from collections import Counter
from datetime import UTC, datetime

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from articles import markup
from articles.models import Article, Author, Byline, Language, Page, Site, Tag, TaggedArticle
from articles.models.fields import EARLIEST, LATEST
from articles.models.redirect import plain as plain_path

from .addresses import archives, article_is_taken, free_slug, lead_from, old_paths, page_is_taken, slug_of
from .pictures import Pictures
from .reader import Item, Trouble
from .text import Context, TooLong, convert, plain, script_language

KINDS = {
    Article.Kind.MENTION: "in the media, in the press, in the news, media, press, press coverage, "
    "media coverage, media mentions, media appearances, interviews, published elsewhere, elsewhere",
    Article.Kind.ANNOUNCEMENT: "announcement, announcements, event, events, news and events",
    Article.Kind.BULLETIN: "bulletin, bulletins, brief, briefs, briefing, briefings",
    Article.Kind.ANALYSIS: "analysis, analyses, commentary, essays",
}
DEFAULT_KINDS = {name: kind for kind, names in KINDS.items() for name in names.split(", ")}
NO_SUBJECT = {"uncategorized", "uncategorised"}
WHY_HIDDEN = {
    "draft": "it was a draft",
    "auto-draft": "it was a draft",
    "pending": "it was waiting for review",
    "private": "it was private",
    "trash": "it was in the trash",
    "future": "its time had passed without its being published",
}


class Report:
    """What an import did: counts by sort, and a line for whatever an editor should look at."""

    def __init__(self, tell):
        self.tell = tell
        self.created, self.unchanged, self.skipped, self.left_out = Counter(), Counter(), Counter(), Counter()
        self.warnings = self.linked_pictures = self.comments = 0

    def warn(self, line):
        self.warnings += 1
        self.tell(line)


class Importer:
    """Imports one export, whose Survey has been made; each item is a transaction of its own.

    What has been imported before, by origin, is left as the editors have made it since, so that an
    import that was cut short is resumed by starting it again.
    """

    def __init__(self, survey, report, *, uploads=None, language=None, kinds=None, dry_run=False):
        self.survey, self.report, self.dry_run = survey, report, dry_run
        self.pictures = Pictures(survey, uploads, dry_run=dry_run, report=report)
        of_site = survey.site.language[:2].lower()
        self.language = language or (of_site if of_site in Language.values else Language.ENGLISH.value)
        self.kinds = DEFAULT_KINDS | {_name(name): kind for name, kind in (kinds or {}).items()}
        self.zone = zoneinfo.ZoneInfo((Site.objects.first() or Site()).time_zone)
        # A trial run takes back each item, so that it has to remember what the items would have made.
        self.pretended = set()
        self.archives = {}  # old path: {language: new path}

    def run(self, records):
        for record in records:
            if isinstance(record, Item):
                self.take(record)
            elif isinstance(record, Trouble):
                place = f"Line {record.line}" + (f", “{record.title}”" if record.title else "")
                self.report.warn(f"{place}: {record.reason}" if record.line else record.reason)
        self.lead_from_archives()

    def take(self, item):
        """Import one item, or say why not."""
        self.report.comments += item.comments
        model = {"post": Article, "page": Page}.get(item.type)
        if model is None:
            self.report.skipped[item.type or "item without a type"] += 1
            return
        name = model._meta.model_name
        if not item.post_id:
            self.report.skipped["item without a number"] += 1
            self.warn(item, "it has no number, so that a second import could not know it again; left out.")
            return
        if item.status == "auto-draft" and not (item.title or item.content):
            self.report.skipped["empty draft"] += 1
            return
        origin = f"{self.survey.base}/?p={item.post_id}"
        known = model.objects.filter(origin=origin).first()
        if known or origin in self.pretended:
            self.report.unchanged[name] += 1
            if model is Article and known:
                self.note_archives(item, known)
            return
        try:
            made = self.write(item, model, origin)
        except (markup.Refused, TooLong, ValidationError, DataError, IntegrityError) as error:
            self.report.skipped["item that was refused"] += 1
            self.warn(item, f"{_sentence(error)}; left out.")
        else:
            self.report.created[name] += 1
            self.report.created.update(made)

    def warn(self, item, reason):
        title = " ".join(item.title.split())[:80] or "without a title"
        self.report.warn(f"“{title}” ({item.type} {item.post_id}): {reason}")

    def write(self, item, model, origin):
        """Write an item and all that hangs on it; return a Counter of what that made beside it."""
        title = self.title(item, model)
        number = int(item.post_id) if item.post_id.isdecimal() else None
        text = convert(
            item.content,
            title,
            Context(
                find=self.pictures.find,
                own_path=self.survey.own_path,
                attached=self.survey.attached.get(number, ()),
                reusable=self.survey.reusable,
                notes=item.meta.get("footnotes", ""),
            ),
        )
        row = model(title=title, body=text.html, origin=origin)
        row.language = script_language(f"{title} {text.text}", self.language)
        row.standfirst = self.standfirst(item)
        made = Counter()
        with transaction.atomic():
            row.slug = self.slug(item, row)
            if model is Page:
                self.set_page(item, row)
            else:
                self.set_article(item, row)
            # The body is checked by save(), and the rows that it names are made here.
            row.clean_fields(exclude=["body"])
            row.save()
            if model is Article:
                made += self.sign(item, row) + self.tag(item, row)
                row.index()
                self.note_archives(item, row)
            paths = [path for path in old_paths(item, self.survey.home) if path not in self.pretended]
            made["redirect"] += lead_from(paths, **{model._meta.model_name: row})
            transaction.set_rollback(self.dry_run)
        if self.dry_run:
            self.pretended |= {origin, (model, row.language, row.slug), *paths}
        self.report.left_out += text.left_out
        self.report.linked_pictures += text.linked_pictures
        return made

    def title(self, item, model):
        limit = model._meta.get_field("title").max_length
        title = plain(item.title)
        if not title:
            title = _cut(plain(item.content), 80) or f"{item.type.capitalize()} {item.post_id}"
            self.warn(item, f"it has no title; it is called “{title}”.")
        elif len(title) > limit:
            title = _cut(title, limit)
            self.warn(item, f"its title is longer than {limit} characters and was cut.")
        return title

    def standfirst(self, item):
        excerpt = plain(item.excerpt)
        if len(excerpt) > 1000:
            self.warn(item, "its excerpt is longer than 1,000 characters and was cut.")
        return _cut(excerpt, 1000)

    def slug(self, item, row):
        is_taken = page_is_taken if isinstance(row, Page) else article_is_taken
        wanted = slug_of(item, row.title)
        slug = free_slug(
            wanted,
            lambda slug: (type(row), row.language, slug) in self.pretended or is_taken(slug, row.language),
        )
        if slug != wanted:
            self.warn(item, f"its address “{wanted}” is taken; it is found at “{slug}”.")
        return slug

    def set_page(self, item, page):
        page.in_footer = False
        page.position = min(int(item.menu_order), 32767) if item.menu_order.isdecimal() else 0
        page.is_published = item.status == "publish" and not item.password
        if not page.is_published:
            self.warn(item, f"{self.why_hidden(item)}, so that it is not published here.")

    def set_article(self, item, article):
        article.kind = self.kind(item)
        if article.kind == Article.Kind.MENTION:
            article.source_outlet = _outlet(article.title)
        if picture := self.lead_picture(item):
            article.lead_image_id = picture
        article.published_at = self.moment(item)
        was_public = item.status == "publish"
        is_scheduled = (
            item.status == "future" and article.published_at and article.published_at > timezone.now()
        )
        if (was_public or is_scheduled) and not item.password and article.published_at:
            article.status = Article.Status.PUBLISHED
            return
        article.status = Article.Status.DRAFT
        if was_public and not item.password:
            self.warn(item, "it has no date that can be used; it is a draft until you give it one.")
        else:
            self.warn(item, f"{self.why_hidden(item)}; it is a draft here.")

    def why_hidden(self, item):
        if item.password:
            return "it was protected by a password"
        return WHY_HIDDEN.get(item.status, f"its status was “{item.status[:40]}”")

    def lead_picture(self, item):
        number = item.meta.get("_thumbnail_id", "").strip()
        if not number.isdecimal() or int(number) not in self.survey.attachments:
            return None
        picture = self.pictures.find("", int(number))
        if picture and picture.image is None:
            self.report.left_out["lead image whose file is not at hand"] += 1
        return picture and picture.image

    def moment(self, item):
        """Return when an item was published: from its GMT date, else its local one, else its pubDate."""
        for written, zone in ((item.date_gmt, UTC), (item.date, self.zone)):
            if found := _moment(written, zone):
                return found
            if written and not written.startswith("0000-00-00"):
                self.warn(item, f"its date “{written[:30]}” cannot be used.")
        # WordPress writes "30 Nov -0001" for no date, which the standard library reads as 2001.
        if not re.search(r"[^-\d](?:1[89]|2[01])\d\d ", item.pub_date):
            return None
        try:
            found = email.utils.parsedate_to_datetime(item.pub_date)
        except ValueError:
            return None
        return found if found.tzinfo else found.replace(tzinfo=UTC)

    # What hangs on an article

    def kind(self, item):
        found = {kind for term in item.terms for kind in self.meant(term)}
        return next((kind for kind in KINDS if kind in found), Article.Kind.ANALYSIS)

    def meant(self, term):
        """Return the kinds that a category means; none for a tag or any other category."""
        return {self.kinds[name] for name in _names(term) if name in self.kinds}

    def sign(self, item, article):
        """Write the byline: the authors that a plugin names, or else the one of WordPress."""
        logins = [term.slug.removeprefix("cap-") for term in item.terms if term.taxonomy == "author"]
        names = {
            term.slug.removeprefix("cap-"): term.name for term in item.terms if term.taxonomy == "author"
        }
        made = Counter()
        for position, login in enumerate(dict.fromkeys(filter(None, logins or [item.creator]))):
            author, is_new = self.author(login, names.get(login, ""))
            Byline.objects.get_or_create(article=article, author=author, defaults={"position": position})
            made["author"] += is_new
        return made

    def author(self, login, name=""):
        """Return the Author of a login and whether it is new. Never an account, never an e-mail address."""
        origin = f"{self.survey.base}/?author={login}"[:200]
        if author := Author.objects.filter(origin=origin).first():
            return author, False
        record = self.survey.authors.get(login)
        if record:
            name = record.display_name or f"{record.first_name} {record.last_name}".strip()
        name = plain(name or login)[:120] or "Author"
        # Someone whom the editors have entered before is the same person.
        same = list(Author.objects.filter(name=name, origin=None)[:2])
        if len(same) == 1:
            Author.objects.filter(pk=same[0].pk).update(origin=origin)
            return same[0], False
        slug = slugify(name, allow_unicode=True)[:100] or "author"
        slug = free_slug(slug, lambda slug: Author.objects.filter(slug=slug).exists())
        is_new = origin not in self.pretended
        self.pretended |= {origin} if self.dry_run else set()
        return Author.objects.create(name=name, slug=slug, origin=origin), is_new

    def tag(self, item, article):
        """Tag the article with its tags and with the categories that are no kinds, each once."""
        made, tags = Counter(), {}
        for term in item.terms:
            if term.taxonomy not in ("post_tag", "category"):
                continue
            if self.meant(term):
                continue
            name = plain(term.name or term.slug)
            if not name or _name(name) in NO_SUBJECT:
                continue
            if len(name) > 100 or not re.search(r"\w", name):
                self.warn(item, f"its tag “{name[:60]}” cannot be used here and was left out.")
                continue
            tag, is_new = self.tag_row(name, term)
            tags[tag.pk] = tag
            made["tag"] += is_new
        TaggedArticle.objects.bulk_create(
            TaggedArticle(content_object=article, tag=tag) for tag in tags.values()
        )
        return made

    def tag_row(self, name, term):
        if known := Tag.objects.spelling([name]).get(name.lower()):
            return Tag.objects.get(name=known), False
        slug = slug_of(Item(0, slug=term.slug, type="tag"), name)[:100]
        slug = free_slug(slug, Tag.objects.at)
        description = self.survey.descriptions.get((term.taxonomy, term.slug), "")
        is_new = ("tag", name.lower()) not in self.pretended
        self.pretended |= {("tag", name.lower())} if self.dry_run else set()
        return Tag.objects.create(name=name, slug=slug, description=description), is_new

    # The old site's lists

    def note_archives(self, item, article):
        """Note which of the old site's lists have something to show here, because an article is public."""
        if article.is_published:
            for path, target in archives(item, article, self.survey, self.meant):
                self.archives.setdefault(plain_path(path), {})[article.language] = plain_path(target)

    def lead_from_archives(self):
        """Let the old site's lists lead to ours, in the site's own language where that has something."""
        with transaction.atomic():
            for path, targets in self.archives.items():
                if path not in self.pretended:
                    url = targets.get(self.language) or next(iter(targets.values()))
                    self.report.created["redirect"] += lead_from([path], url=url)
            transaction.set_rollback(self.dry_run)


def _name(name):
    return " ".join(plain(name).casefold().replace("-", " ").replace("&", "and").split())


def _names(term):
    """Return the names by which a category may be mapped to a kind; none for a tag."""
    return (_name(term.name), _name(term.slug)) if term.taxonomy == "category" else ()


def _outlet(title):
    """Guess where a mention appeared from what follows the last | of its title."""
    outlet = title.rsplit("|", 1)[1].strip() if "|" in title else ""
    return outlet if len(outlet) <= 80 else ""


def _cut(text, limit):
    """Return the text, cut at a word to at most `limit` characters."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    return f"{head.rsplit(' ', 1)[0] if ' ' in head else head}…"


def _moment(written, zone):
    """Return a WordPress date as an aware datetime, or None where it is none or lies outside 1800 to 2199."""
    try:
        moment = datetime.strptime(written, "%Y-%m-%d %H:%M:%S").replace(tzinfo=zone)
        return moment.astimezone(UTC) if EARLIEST <= moment < LATEST else None
    except (ValueError, OverflowError):
        return None


def _sentence(error):
    if isinstance(error, ValidationError):
        return " ".join(error.messages).rstrip(".")
    return " ".join(str(error).split()).rstrip(".")
