"""The block editor's comments: they go, and tell which text already has its paragraphs."""

import json
import re
from collections import Counter

BLOCK = re.compile(r"<!--\s+(/)?wp:([a-z][a-z0-9_/-]{0,80})\s((?:(?!-->|<!--).)*+)-->", re.I | re.S)
BREAKS = re.compile(r"<!--\s*(?:more\b[^<>]{0,200}?|nextpage|noteaser)\s*-->")
# Blocks that hold text as the classic editor wrote it, without paragraphs.
CLASSIC = {"freeform", "core/freeform", "shortcode", "core/shortcode", "divi/placeholder"}
# Blocks that showed something else at each visit.
DYNAMIC = re.compile(
    r"(?:core/)?(?:latest-|archives|calendar|categories|search|tag-cloud|rss|social-link|query|post-|site-"
    r"|navigation|comments|loginout|contact-form|jetpack/)"
)
MAX_NESTING = 5  # of reusable blocks


def pieces(content, reusable):
    """Return ([(text, whether the classic editor wrote it)], Counter of blocks that were left out).

    `reusable` are the texts of reusable blocks by number; they take the place of what refers to them.
    """
    left_out = Counter()
    return _pieces(content, reusable, left_out, 0), left_out


def _pieces(content, reusable, left_out, nesting):
    if "<!-- wp:" not in content:
        return [(BREAKS.sub("\n\n", content), True)]
    found, inside, position, depth = [], [], 0, 0

    def end_piece(classic):
        text = BREAKS.sub("\n\n", "".join(inside))
        if text.strip():
            found.append((text, classic))
        inside.clear()

    for match in BLOCK.finditer(content):
        closes, name, rest = match.groups()
        inside.append(content[position : match.start()])
        position = match.end()
        # What lies between the outermost blocks was written in the classic editor.
        if depth == 0 or (closes and depth == 1):
            end_piece(classic=depth == 0 or name.lower() in CLASSIC)
        if rest.endswith("/"):
            referred = _referred(name.lower(), rest[:-1], reusable, left_out, nesting)
            if referred:
                end_piece(classic=False)
                found += _pieces(referred, reusable, left_out, nesting + 1)
        else:
            depth = max(0, depth - 1) if closes else depth + 1
    inside.append(content[position:])
    end_piece(classic=depth == 0)
    return found


def _referred(name, settings, reusable, left_out, nesting):
    """Return the text that a block without one of its own refers to, or ""."""
    if name in ("block", "core/block"):
        number = _number(settings)
        if number in reusable and nesting < MAX_NESTING:
            return reusable[number]
        left_out["reusable block that is not in the export"] += 1
    elif DYNAMIC.match(name):
        left_out[f"block “{name}”"] += 1
    return ""


def _number(settings):
    try:
        found = json.loads(settings) if settings.strip() else {}
    except ValueError:
        return None
    number = found.get("ref") if isinstance(found, dict) else None
    return number if isinstance(number, int) else None
