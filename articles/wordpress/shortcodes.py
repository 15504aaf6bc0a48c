"""WordPress shortcodes as HTML: what they show stays, what a page builder wraps around it goes."""

import base64
import binascii
import html
import re
from bisect import bisect_right
from collections import Counter
from urllib.parse import unquote, urlsplit

# Divi, WPBakery, Avada, Enfold, Cornerstone and X, Flatsome's and other builders' ways to name a code.
BUILDERS = re.compile(
    r"(?:et_pb|et_social|vc|fusion|av|cs|x|elementor|siteorigin|themify|mk|tatsu|ux|su|td|nectar|kc|fl|wpb"
    r"|fullwidth|one|two|three|four|five)[_-]|(?:row|col|column|columns|section|spacer|divider|clear|heading"
    r"|highlight|dropcap|text|raw)\Z",
    re.I,
)
# What only made sense on the old site: forms, counters, players of other companies.
GADGETS = re.compile(
    r"(?:contact-form|contact-form-7|contact-field|wpforms|gravityform|ninja_form|formidable|mc4wp_form|wysija"
    r"|newsletter|toc|ez-toc|trinity_?audio\w*|playlist|rev_slider\w*|layerslider|metaslider|addtoany|social\w*"
    r"|sharethis|jetpack\w*|recent_posts|archives|search|login|vc_raw_js)\Z",
    re.I,
)
NOTES = {"ref", "footnote", "efn_note", "mfn", "note_ref"}
CODES = {"code", "sourcecode", "php", "html", "css", "javascript", "python", "bash", "sql"}
PAIRED = (
    NOTES | CODES | {"caption", "wp_caption", "embed", "youtube", "vimeo", "audio", "video", "vc_raw_html"}
)
FILES = ("src", "mp3", "m4a", "ogg", "wav", "mp4", "m4v", "webm", "ogv")

TOKEN = re.compile(
    r"(?P<open>\[)?\[(?P<close>/)?(?P<name>[A-Za-z][\w-]{0,79})(?P<rest>(?![\w-])[^\[\]]*)\](?P<shut>\])?"
    r"|<(?P<end>/)?(?P<verbatim>pre|code)\b",
    re.I,
)
ATTRIBUTE = re.compile(
    r"""([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))|"([^"]*)"|'([^']*)'|([^\s"'/]\S*)"""
)
LINE_BREAK = re.compile(r"<!\S{1,3}\s*\[et_pb_(?:br|line_break)_holder\]\s*\S{1,3}>")
PICTURE_AND_CAPTION = re.compile(
    r"\s*(?:<p>\s*)?((?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?)(.*)\Z", re.I | re.S
)


def expand(text, attached=()):
    """Return the text with its shortcodes turned into HTML, and a Counter of those that were left out.

    `attached` are the attachment numbers that a gallery without numbers shows. Text in square brackets
    that is no shortcode stays, as does everything in <pre> and <code>.
    """
    text = LINE_BREAK.sub("\n", text)
    if "[" not in text:
        return text, Counter()
    return _Expansion(text, attached).run()


class _Expansion:
    def __init__(self, text, attached):
        self.text, self.attached = text, attached
        self.left_out = Counter()
        self.tokens = list(TOKEN.finditer(text))
        self.closers, self.openers, self.verbatim_ends = {}, set(), {}
        for number, token in enumerate(self.tokens):
            if token["verbatim"] and token["end"]:
                self.verbatim_ends.setdefault(token["verbatim"].lower(), []).append(number)
            elif token["name"] and token["close"]:
                self.closers.setdefault(token["name"].lower(), []).append(number)
            elif token["name"]:
                self.openers.add(token["name"].lower())

    def run(self):
        return self.between(0, len(self.tokens), 0, len(self.text), depth=0), self.left_out

    def between(self, number, last, position, end, depth):
        """Expand the tokens from `number` up to `last`, which lie between two positions of the text."""
        pieces = []
        while number < last:
            token = self.tokens[number]
            pieces.append(self.text[position : token.start()])
            position = token.end()
            if token["verbatim"]:
                closer = (
                    None if token["end"] else self.next(self.verbatim_ends, token["verbatim"], number, last)
                )
                if closer is None:
                    pieces.append(token[0])
                else:
                    position = self.tokens[closer].end()
                    pieces.append(_unescaped(self.text[token.start() : position]))
                    number = closer
            elif token["open"] and token["shut"]:
                pieces.append(token[0][1:-1])
            else:
                name = token["name"].lower()
                pieces.append("[" if token["open"] else "")
                closer = self.next(self.closers, name, number, last) if name in PAIRED else None
                if closer is None or token["close"] or depth > 20:
                    pieces.append(self.single(token, name))
                else:
                    inner = self.text[position : self.tokens[closer].start()]
                    if name not in CODES | {"vc_raw_html"}:
                        inner = self.between(
                            number + 1, closer, position, self.tokens[closer].start(), depth + 1
                        )
                    pieces.append(self.pair(name, _attributes(token["rest"]), inner))
                    number, position = closer, self.tokens[closer].end()
                pieces.append("]" if token["shut"] else "")
            number += 1
        pieces.append(self.text[position:end])
        return "".join(pieces)

    def next(self, places, name, number, last):
        """Return the number of the first closing token after `number` and before `last`, or None."""
        numbers = places.get(name.lower(), [])
        at = bisect_right(numbers, number)
        return numbers[at] if at < len(numbers) and numbers[at] < last else None

    def pair(self, name, attributes, inner):
        if name in ("caption", "wp_caption"):
            return _caption(attributes, inner)
        if name in NOTES:
            return f'<sup data-note="{html.escape(_plain(inner))}">*</sup>'
        if name in CODES:
            code = inner if "<" not in inner else html.escape(inner, quote=False)
            return f"\n\n<pre><code>{code.strip()}</code></pre>\n\n"
        if name == "vc_raw_html":
            return f"\n\n{self.decoded(inner)}\n\n"
        return self.media(name, attributes, inner)

    def decoded(self, inner):
        """WPBakery keeps raw HTML as base64 of percent-encoded text."""
        try:
            return unquote(base64.b64decode(_plain(inner), validate=True).decode())
        except (binascii.Error, UnicodeDecodeError):
            self.left_out["[vc_raw_html]"] += 1
            return ""

    def single(self, token, name):
        """Return what stands in the place of one tag."""
        attributes = _attributes(token["rest"])
        if GADGETS.match(name):
            self.left_out[f"[{name}]"] += not token["close"]
            return "\n\n"
        if name == "gallery":
            return "" if token["close"] else self.gallery(attributes)
        if name in ("embed", "youtube", "vimeo", "audio", "video"):
            return "" if token["close"] else self.media(name, attributes, "")
        if BUILDERS.match(name) and (name in self.closers or attributes or _is_prefixed(name)):
            return "\n\n" if token["close"] else f"\n\n{_words_of_builder(name, attributes)}\n\n"
        named = any(isinstance(key, str) for key in attributes)
        if named or name in PAIRED or (name in self.closers and name in self.openers):
            # A plugin that is not known here: its tag goes, what it encloses stays.
            self.left_out[f"[{name}]"] += not token["close"]
            return ""
        return token[0].removeprefix("[" if token["open"] else "").removesuffix("]" if token["shut"] else "")

    def gallery(self, attributes):
        numbers = re.findall(r"\d+", str(attributes.get("ids") or attributes.get("include") or ""))
        numbers = numbers or self.attached
        figures = [f'<figure><img class="wp-image-{number}"></figure>' for number in numbers]
        if not figures:
            self.left_out["[gallery]"] += 1
        return "\n\n" + "\n\n".join(figures) + "\n\n"

    def media(self, name, attributes, inner):
        """Return a film or a sound as its address on a line of its own, or as a link to the file."""
        given = [attributes[key] for key in ("id", "url", "video", *FILES, "link", 0) if attributes.get(key)]
        address = next(iter([_plain(inner), *given] if _plain(inner) else given), "").lstrip("=").strip("\"'")
        if name == "youtube" and re.fullmatch(r"[\w-]{6,20}", address, re.A):
            address = f"https://www.youtube.com/watch?v={address}"
        if name == "vimeo" and re.fullmatch(r"\d{5,20}", address):
            address = f"https://vimeo.com/{address}"
        if not re.match(r"https?://\S+\Z", address):
            self.left_out[f"[{name}]"] += 1
            return _plain(inner)
        if name in ("audio", "video") and re.search(r"\.\w{2,4}\Z", urlsplit(address).path):
            return f"\n\n{_file_link(address)}\n\n"
        return f"\n\n{html.escape(address, quote=False)}\n\n"


def _attributes(rest):
    """Return named attributes by name and the others by number, as WordPress reads them."""
    found, count = {}, 0
    rest = rest.translate({0x201C: '"', 0x201D: '"', 0x2033: '"', 0xA0: " "}).replace("&quot;", '"')
    for match in ATTRIBUTE.finditer(rest):
        if match[1]:
            found[match[1].lower()] = html.unescape(match[2] or match[3] or match[4] or "")
        elif value := match[5] or match[6] or match[7]:
            found[count] = html.unescape(value)
            count += 1
    return found


def _is_prefixed(name):
    return "_" in name or "-" in name


def _caption(attributes, inner):
    match = PICTURE_AND_CAPTION.match(inner)
    if not match:
        return f"\n\n{inner}\n\n"
    caption = match[2].strip() or attributes.get("caption", "")
    caption = re.sub(r"\A(?:</p>)?\s*(?:<br\s*/?>)?|</p>\Z", "", caption)
    return f"\n\n<figure>{match[1]}<figcaption>{caption}</figcaption></figure>\n\n"


def _words_of_builder(name, attributes):
    """Return what a builder's tag says in its attributes: headings, buttons, pictures, films, names."""
    pieces = []
    if "button" in name or "btn" in name:
        attributes = {"button_text": attributes.get("title", ""), **attributes}
        attributes.pop("title", None)
    for key in ("title", "heading", "text" if name == "vc_custom_heading" else "heading_text"):
        if words := attributes.get(key, "").strip():
            pieces.append(f"<h3>{words}</h3>")
    for key in ("subtitle", "subhead", "author", "job_title", "company_name"):
        if words := attributes.get(key, "").strip():
            pieces.append(f"<p>{words}</p>")
    address = next(
        (attributes[key] for key in ("src", "image_url", "image", "url") if attributes.get(key)), ""
    )
    if ("image" in name or "blurb" in name) and address.isdigit():
        pieces.append(f'<figure><img class="wp-image-{address}"></figure>')
    elif ("image" in name and address) or re.search(r"\.(?:jpe?g|png|gif|webp)(?:\?|\Z)", address, re.I):
        alt = html.escape(attributes.get("alt", ""))
        pieces.append(f'<figure><img src="{html.escape(address)}" alt="{alt}"></figure>')
    if "video" in name or "youtube" in name or "vimeo" in name:
        film = attributes.get("id") or attributes.get("link") or attributes.get("src") or ""
        if re.fullmatch(r"[\w-]{6,20}", film, re.A):
            host = "vimeo.com/" if "vimeo" in name else "www.youtube.com/watch?v="
            film = f"https://{host}{film}"
        pieces.append(html.escape(film, quote=False))
    if words := attributes.get("button_text", "").strip():
        given = (attributes.get(key) for key in ("button_url", "button_link", "url", "link"))
        # WPBakery writes a link as url:ADDRESS|title:WORDS, percent-encoded.
        target = unquote(re.sub(r"\Aurl:|\|.*", "", next(filter(None, given), "")))
        pieces.append(f'<p><a href="{html.escape(target)}">{words}</a></p>' if target else f"<p>{words}</p>")
    return "\n\n".join(pieces)


def _file_link(address):
    name = unquote(urlsplit(address).path.rsplit("/", 1)[-1])
    return f'<p><a href="{html.escape(address)}">{html.escape(name)}</a></p>'


def _plain(text):
    """Return the text without tags, its white space folded."""
    return " ".join(html.unescape(re.sub(r"<[^<>]*>", " ", text)).split())


def _unescaped(text):
    """[[gallery]] is how WordPress writes about a shortcode."""
    return re.sub(r"\[(\[/?[A-Za-z][^\[\]]*\])\]", r"\1", text)
