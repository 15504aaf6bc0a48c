"""WordPress exports for tests, written by us: a site of a lighthouse keeper."""

import itertools
from xml.sax.saxutils import escape, quoteattr

_numbers = itertools.count(1)

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:excerpt="{wordpress}excerpt/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="{wordpress}">
<channel>
<title>The Lamp Room</title>
<link>https://lamp.example</link>
<language>{language}</language>
<wp:wxr_version>1.2</wp:wxr_version>
<wp:base_site_url>https://lamp.example</wp:base_site_url>
<wp:base_blog_url>{address}</wp:base_blog_url>
"""
TAIL = "</channel></rss>\n"


def make_author(*, login="ida", name="Ida Fenn", email="ida@lamp.example"):
    """A wp:author."""
    return (
        f"<wp:author><wp:author_login>{login}</wp:author_login><wp:author_email>{email}</wp:author_email>"
        f"<wp:author_display_name>{escape(name)}</wp:author_display_name></wp:author>\n"
    )


def make_category(slug, *, parent=""):
    """A wp:category."""
    return (
        f"<wp:category><wp:category_nicename>{slug}</wp:category_nicename>"
        f"<wp:category_parent>{parent}</wp:category_parent><wp:cat_name>{slug.title()}</wp:cat_name>"
        "</wp:category>\n"
    )


def make_item(
    *,
    title="A quiet night",
    content="Words.",
    post_id=None,
    type="post",
    status="publish",
    date="2024-03-05 10:00:00",
    date_gmt="2024-03-05 08:00:00",
    pub_date="Tue, 05 Mar 2024 08:00:00 +0000",
    slug=None,
    link=None,
    guid=None,
    creator="ida",
    excerpt="",
    password="",
    parent="0",
    attachment_url="",
    categories=(),
    tags=(),
    terms=(),
    meta=None,
    comments=0,
):
    """An item; categories and tags are names, terms are (domain, nicename, name)."""
    post_id = next(_numbers) if post_id is None else post_id
    slug = f"item-{post_id}" if slug is None else slug
    link = f"https://lamp.example/2024/03/05/{slug}/" if link is None else link
    guid = f"https://lamp.example/?p={post_id}" if guid is None else guid
    rows = [("category", name.lower().replace(" ", "-"), name) for name in categories]
    rows += [("post_tag", name.lower().replace(" ", "-"), name) for name in tags]
    fields = {
        "title": title,
        "link": link,
        "pubDate": pub_date,
        "dc:creator": creator,
        "guid": guid,
        "content:encoded": content,
        "excerpt:encoded": excerpt,
        "wp:post_id": post_id,
        "wp:post_date": date,
        "wp:post_date_gmt": date_gmt,
        "wp:post_name": slug,
        "wp:status": status,
        "wp:post_parent": parent,
        "wp:post_type": type,
        "wp:post_password": password,
        "wp:attachment_url": attachment_url,
    }
    lines = [f"<{name}>{_cdata(value)}</{name}>" for name, value in fields.items()]
    for domain, nicename, name in [*rows, *terms]:
        lines.append(
            f"<category domain={quoteattr(domain)} nicename={quoteattr(nicename)}>{_cdata(name)}</category>"
        )
    for key, value in (meta or {}).items():
        lines.append(
            f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value>{_cdata(value)}</wp:meta_value>"
            "</wp:postmeta>"
        )
    lines += ["<wp:comment><wp:comment_content>Aye.</wp:comment_content></wp:comment>"] * comments
    return "<item>\n" + "\n".join(lines) + "\n</item>\n"


def make_wxr(
    *parts,
    address="https://lamp.example",
    language="en-GB",
    wordpress="http://wordpress.org/export/1.2/",
    authors=None,
):
    """A whole export, as bytes."""
    head = HEAD.format(address=address, language=language, wordpress=wordpress)
    return "".join([head, *(authors if authors is not None else [make_author()]), *parts, TAIL]).encode()


def _cdata(value):
    return f"<![CDATA[{str(value).replace(']]>', ']]]]><![CDATA[>')}]]>"
