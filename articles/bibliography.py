"""An article as programs for references read it: BibTeX, and RIS (the Research Information Systems format).

What these files say follows from the article alone; the day of a visit is for whoever cites it to add.
"""

import re
import zoneinfo
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

_LATEX = {
    "\\": r"\textbackslash{}",
    # BibTeX counts braces although a backslash stands before them.
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    **{character: f"\\{character}" for character in "$&#_%"},
}
_LATEX = str.maketrans(_LATEX)
_BABEL = {"en": "english", "ar": "arabic", "he": "hebrew"}
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_LINE = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")


def bibtex(article, site):
    """Return an article as an entry of BibTeX, in UTF-8 for biber or a recent BibTeX.

    Needs the bylines of Byline.prefetch().
    """
    day = _day(article, site)
    fields = {
        "author": " and ".join(_bibtex_name(name) for name in _names(article)),
        # A second pair of braces keeps its capitals.
        "title": f"{{{_latex(article.title)}}}",
        "howpublished": _latex(site.local_name),
        "year": str(day.year),
        "month": _MONTHS[day.month - 1],
        "day": str(day.day),
        "url": _address(article),
        "language": article.language,
        "langid": _BABEL[article.language],
    }
    lines = [
        f"  {name} = {value if name == 'month' else f'{{{value}}}'},"
        for name, value in fields.items()
        if value
    ]
    return "\n".join([f"@misc{{{_key(article)},", *lines, "}", ""])


def ris(article, site):
    """Return an article as a record of RIS, which ends its lines with CR LF and needs Byline.prefetch()."""
    day = _day(article, site)
    fields = [
        ("TY", "ELEC"),
        *(("AU", _last_name_first(name)) for name in _names(article)),
        ("TI", _line(article.title)),
        ("T2", _line(site.local_name)),
        ("PY", str(day.year)),
        ("DA", f"{day:%Y/%m/%d}/"),
        ("LA", article.language),
        ("UR", _address(article)),
        ("ID", _key(article)),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in fields)


FORMS = {
    "bib": (bibtex, "application/x-bibtex"),
    "ris": (ris, "application/x-research-info-systems"),
}


def as_file(article, site, form):
    """Return the answer that hands an article to a program for references, in a form of FORMS."""
    write, kind = FORMS[form]
    answer = HttpResponse(write(article, site), content_type=f"{kind}; charset=utf-8")
    answer.headers["Content-Disposition"] = content_disposition_header(True, f"{article.slug}.{form}")
    return answer


def _names(article):
    return [_line(byline.local_name) for byline in article.bylines.all()]


def _bibtex_name(name):
    # BibTeX would take these for two names, or for one with parts.
    return f"{{{_latex(name)}}}" if _is_whole(name) else _latex(_last_name_first(name))


def _is_whole(name):
    """Whether a name has no last name that comes first: an organisation's, or one that says its order."""
    return "," in name or not {"and", "&"}.isdisjoint(name.lower().split())


def _last_name_first(name):
    """Turn “Ines van der Vale” into “van der Vale, Ines”: as in BibTeX, a small letter begins it."""
    words = name.split()
    if _is_whole(name) or len(words) < 2:
        return name
    small = [number for number, word in enumerate(words[1:-1], start=1) if word[0].islower()]
    cut = small[0] if small else len(words) - 1
    return f"{' '.join(words[cut:])}, {' '.join(words[:cut])}"


def _latex(text):
    return _line(text).translate(_LATEX)


def _line(text):
    """The text on one line: no title or name may begin a field of its own."""
    return _LINE.sub(" ", text).strip()


def _day(article, site):
    return timezone.localdate(article.published_at, timezone=zoneinfo.ZoneInfo(site.time_zone))


def _address(article):
    return settings.SITE_URL + article.get_absolute_url()


def _key(article):
    """The entry's name, which outlives every change of title and address."""
    host = urlsplit(settings.SITE_URL).hostname or ""
    return f"{re.sub('[^a-z0-9]+', '-', host)}-{article.pk}".lstrip("-")
