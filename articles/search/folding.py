"""One form for the many spellings of a word: the same rules in Python and in the database.

The database's function `search_fold` is made by a migration. Where a rule changes, another replaces it and
writes the vectors anew.
"""

import re
import unicodedata

ARABIC = "[ء-ي]"
HEBREW = "[א-ת]"
# Accents, the vowel signs of Arabic and Hebrew, tatweel, and what directs or joins but is not seen.
MARKS = (
    r"[\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u061c"
    r"\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u08d3-\u08e1\u08e3-\u08ff"
    r"\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\ufe00-\ufe0f"
    r"\ufe20-\ufe2f\ufeff]"
)
# PostgreSQL would read addresses, paths and numbers with a sign into them, and some servers take the
# signs of other scripts for letters.
PUNCTUATION = (
    r"[!-/:-@\[-`{-~\u00a0-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u05be\u05c0\u05c3\u05c6"
    r"\u05f3\u05f4\u060c\u061b\u061d-\u061f\u066a-\u066d\u06d4\u2010-\u2029\u2030-\u205e\u20a0-\u20cf"
    r"\u2190-\u2bff\u3001-\u3003\u3008-\u3020]"
)
# One letter for another: alef, yeh and teh marbuta, Persian yeh and kaf, final letters of Hebrew, Latin
# letters that Unicode does not take apart, and the digits of Arabic and Persian.
LETTERS = (
    "ٱىةیک" + "ךםןףץ" + "øłđħıØŁĐĦ" + "٠١٢٣٤٥٦٧٨٩" + "۰۱۲۳۴۵۶۷۸۹",
    "ايهيك" + "כמנפצ" + "oldhiOLDH" + "0123456789" + "0123456789",
)
DOUBLES = {"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE"}
RULES = [
    # An acronym's sign stands within the word: צה"ל.
    (f"(?<={HEBREW})[\"'״׳’”](?={HEBREW})", ""),
    (PUNCTUATION, " "),
    # "The", also after "and", "so", "in", "like", "to": the stemmer knows but some of these.
    (f"(?<!{ARABIC})[وف]?(?:[بك]?ال|لل)(?={ARABIC}{{3}})", ""),
    # The end of the feminine, written with or without its dots.
    (f"({ARABIC}{{3}})ه(?!{ARABIC})", r"\1"),
    # "The sea", "in the sea", "to the sea": a word of two letters stands behind but these.
    (f"(?<!{HEBREW})([הבל])({HEBREW}{{2}})(?!{HEBREW})", r"\1\2 \2"),
    # "And", "that", "in", "to", "from", "like", "the" are written as one with the word in Hebrew: the word
    # without them stands behind it, since only a dictionary could tell whether they are a part of it.
    (
        f"(?<!{HEBREW})(ו(?:לכש|כש|מש|ש)?[בכלמ]?ה?|(?:לכש|כש|מש|ש)[בכלמ]?ה?|[בכלמ]ה?|ה)({HEBREW}{{3,}})",
        r"\1\2 \2",
    ),
]

_marks = re.compile(MARKS)
_letters = str.maketrans(dict(zip(*LETTERS, strict=True)) | DOUBLES)
_rules = [(re.compile(pattern), replacement) for pattern, replacement in RULES]


def fold(text):
    """Return a text without accents, vowel signs, variants of letters and punctuation; case stays.

    A Hebrew word with what may be a prefix is followed by the word without it.
    """
    text = _marks.sub("", unicodedata.normalize("NFKD", text)).translate(_letters)
    for pattern, replacement in _rules:
        text = pattern.sub(replacement, text)
    return text
