"""The three formats in which a feed is written."""

import io
import json

from django.utils.feedgenerator import rfc2822_date, rfc3339_date
from django.utils.html import escape
from django.utils.xmlutils import SimplerXMLGenerator

from .contents import MIME_TYPES, author_url

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
MEDIA = "http://search.yahoo.com/mrss/"
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
GENERATOR = "Standfirst"


def rss(feed, is_podcast=False):
    """Return a feed as RSS 2.0, with the modules content, dc and media, and links and times of Atom.

    A podcast has Apple's module too.
    """
    out = io.StringIO()
    xml = SimplerXMLGenerator(out, "utf-8", short_empty_elements=True)
    xml.startDocument()
    spaces = {"xmlns:atom": ATOM, "xmlns:content": CONTENT, "xmlns:dc": DUBLIN_CORE, "xmlns:media": MEDIA}
    if is_podcast:
        spaces["xmlns:itunes"] = ITUNES
    xml.startElement("rss", {"version": "2.0", **spaces})
    xml.startElement("channel", {})
    rss_channel(xml, feed)
    if is_podcast:
        show(xml, feed)
    for item in feed.items:
        xml.startElement("item", {})
        rss_item(xml, item)
        if is_podcast:
            episode(xml, item)
        xml.endElement("item")
    xml.endElement("channel")
    xml.endElement("rss")
    xml.endDocument()
    return out.getvalue()


def rss_channel(xml, feed):
    xml.addQuickElement("title", feed.title)
    xml.addQuickElement("link", feed.page)
    xml.addQuickElement("description", feed.description)
    xml.addQuickElement("language", feed.language)
    if feed.items:
        xml.addQuickElement("lastBuildDate", rfc2822_date(feed.updated))
    xml.addQuickElement("docs", "http://www.rssboard.org/rss-specification")
    xml.addQuickElement("generator", GENERATOR)
    links(xml, feed, "atom:link")
    xml.startElement("image", {})
    for name, value in {"url": feed.icon, "title": feed.title, "link": feed.page}.items():
        xml.addQuickElement(name, value)
    xml.endElement("image")


def rss_item(xml, item):
    xml.addQuickElement("title", item.title)
    xml.addQuickElement("link", item.url)
    xml.addQuickElement("guid", item.id, {"isPermaLink": "false"})
    xml.addQuickElement("pubDate", rfc2822_date(item.published))
    xml.addQuickElement("atom:updated", rfc3339_date(item.updated))
    for author in item.authors:
        xml.addQuickElement("dc:creator", author["name"])
    for tag in item.tags:
        xml.addQuickElement("category", tag)
    # It is read as HTML, and the summary is plain text.
    xml.addQuickElement("description", escape(item.summary))
    xml.addQuickElement("content:encoded", item.html)
    if item.audio:
        file = {"url": item.audio.url, "length": str(item.audio.size), "type": item.audio.mime_type}
        xml.addQuickElement("enclosure", "", file)
    picture(xml, item)


def show(xml, feed):
    """What Apple wants to know of a podcast; without an address, which would only gather unwanted mail."""
    xml.addQuickElement("itunes:author", feed.publisher)
    xml.addQuickElement("itunes:image", "", {"href": feed.cover})
    xml.addQuickElement("itunes:category", "", {"text": "News"})
    xml.addQuickElement("itunes:explicit", "false")
    xml.addQuickElement("itunes:type", "episodic")


def episode(xml, item):
    xml.addQuickElement("itunes:duration", str(item.audio.seconds))
    xml.addQuickElement("itunes:episodeType", "full")
    xml.addQuickElement("itunes:explicit", "false")


def atom(feed):
    """Return a feed as Atom 1.0 (RFC 4287), paged as in RFC 5005."""
    out = io.StringIO()
    xml = SimplerXMLGenerator(out, "utf-8", short_empty_elements=True)
    xml.startDocument()
    xml.startElement("feed", {"xmlns": ATOM, "xmlns:media": MEDIA, "xml:lang": feed.language})
    xml.addQuickElement("id", feed.first)
    xml.addQuickElement("title", feed.title)
    xml.addQuickElement("subtitle", feed.description)
    xml.addQuickElement("updated", rfc3339_date(feed.updated))
    xml.addQuickElement("link", "", {"rel": "alternate", "type": "text/html", "href": feed.page})
    links(xml, feed, "link")
    person(xml, feed.publisher, feed.publisher_url)
    xml.addQuickElement("icon", feed.icon)
    xml.addQuickElement("generator", GENERATOR)
    for item in feed.items:
        xml.startElement("entry", {})
        entry(xml, item)
        xml.endElement("entry")
    xml.endElement("feed")
    xml.endDocument()
    return out.getvalue()


def entry(xml, item):
    xml.addQuickElement("id", item.id)
    xml.addQuickElement("title", item.title)
    xml.addQuickElement("link", "", {"rel": "alternate", "type": "text/html", "href": item.url})
    if item.elsewhere:
        xml.addQuickElement("link", "", {"rel": "related", "href": item.elsewhere})
    if item.audio:
        file = {"href": item.audio.url, "length": str(item.audio.size), "type": item.audio.mime_type}
        xml.addQuickElement("link", "", {"rel": "enclosure", **file})
    xml.addQuickElement("published", rfc3339_date(item.published))
    xml.addQuickElement("updated", rfc3339_date(item.updated))
    for author in item.authors:
        person(xml, author["name"], author_url(author))
    for tag in item.tags:
        xml.addQuickElement("category", "", {"term": tag})
    xml.addQuickElement("summary", item.summary)
    xml.addQuickElement("content", item.html, {"type": "html"})
    picture(xml, item)


def person(xml, name, address):
    xml.startElement("author", {})
    xml.addQuickElement("name", name)
    xml.addQuickElement("uri", address)
    xml.endElement("author")


def picture(xml, item):
    if item.image:
        xml.startElement("media:content", {"url": item.image, "medium": "image"})
        if item.image_text:
            xml.addQuickElement("media:description", item.image_text, {"type": "plain"})
        xml.endElement("media:content")


def links(xml, feed, name):
    """Write where the feed is, where it begins and goes on, and its other formats."""
    own = MIME_TYPES[feed.form]
    xml.addQuickElement(name, "", {"rel": "self", "type": own, "href": feed.own})
    if feed.own != feed.first:
        xml.addQuickElement(name, "", {"rel": "first", "type": own, "href": feed.first})
    if feed.next:
        xml.addQuickElement(name, "", {"rel": "next", "type": own, "href": feed.next})
    for form, address in feed.links.items():
        if form != feed.form:
            xml.addQuickElement(name, "", {"rel": "alternate", "type": MIME_TYPES[form], "href": address})


def json_feed(feed):
    """Return a feed as JSON Feed 1.1."""
    said = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.description,
        "home_page_url": feed.page,
        "feed_url": feed.own,
        "next_url": feed.next,
        "icon": feed.icon,
        "language": feed.language,
        "authors": [{"name": feed.publisher, "url": feed.publisher_url}],
        "items": [json_item(item) for item in feed.items],
    }
    return json.dumps(
        {name: value for name, value in said.items() if value or name == "items"}, ensure_ascii=False
    )


def json_item(item):
    said = {
        "id": item.id,
        "url": item.url,
        "external_url": item.elsewhere,
        "title": item.title,
        "summary": item.summary,
        "content_html": item.html,
        "image": item.image,
        "date_published": rfc3339_date(item.published),
        "date_modified": rfc3339_date(item.updated),
        "authors": [{"name": author["name"], "url": author_url(author)} for author in item.authors],
        "tags": item.tags,
        "language": item.language,
        "attachments": item.audio
        and [
            {
                "url": item.audio.url,
                "mime_type": item.audio.mime_type,
                "size_in_bytes": item.audio.size,
                "duration_in_seconds": item.audio.seconds,
            }
        ],
    }
    return {name: value for name, value in said.items() if value}


FORMATS = {
    form: (f"{MIME_TYPES[form]}; charset=utf-8", write)
    for form, write in {"rss": rss, "atom": atom, "json": json_feed}.items()
}
