"""What is offered while somebody types in the search: pieces, subjects and authors first, then words.

However large the publication is, four small lookups: a word of the lexicon knows the newest few that it
leads to, and what it leads to is checked against what readers may see now.
"""

from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.http import JsonResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from .lexicon import LEADS, RARE, WORD, fold
from .models import Article, Author, Language, Tag, Word

LONGEST = 200  # characters of what is typed
SHORTEST = 2  # letters of the word that is being typed
MAX_WORDS = 8
LOOKED_AT = 12  # words of the lexicon
PIECES, SUBJECTS, PEOPLE, WORDS = 4, 2, 2, 4
MAX_LED = 30  # articles that the beginning of a word leads to, at least two by each word that begins so
# What Arabic and Hebrew write as the beginning of the next word: "the", "and", "in", "to" and so on.
ARABIC = ["ال", "وال", "بال", "لل", "و", "ب", "ل"]
HEBREW = list("הבלמושכ")
_LAST = "\U0010ffff"


@cache_control(private=True, max_age=60)
@require_safe
def suggest(request):
    """Answer with JSON: {"suggestions": [{"label", "kind", "url", "lang"}]}, best first."""
    typed = request.GET.get("q", "")[:LONGEST]
    return JsonResponse({"suggestions": suggestions(typed, get_language())})


def suggestions(typed, language):
    """Return what may be meant by what has been typed so far, the last word being perhaps half of one."""
    words = WORD.findall(fold(typed))[:MAX_WORDS]
    if not words or len(words[-1]) < SHORTEST:
        return []
    *earlier, last = words
    known = look_up(last, earlier)
    begun = [word for word in known if begins(word.key, last)]
    standing = published(known, LEADS if earlier else max(2, MAX_LED // max(len(known), 1)))
    return [
        *pieces(standing, words, language),
        *subjects(begun, words, language),
        *people(begun, words, language),
        *completed(typed, begun, standing, last),
    ]


def look_up(last, earlier):
    """Return the words that begin with the last one typed, the most frequent first, and the earlier ones.

    Each has `made_at`, when the lexicon was made.
    """
    forms = forms_of(last)
    fields = "id, key, spelling, documents, heads, witness, articles, tags, authors"
    # The operators of the index by letters; LIKE would need its pattern before the query is planned.
    query = f"""
        SELECT {fields}, (SELECT made_at FROM articles_lexiconstate LIMIT 1) AS made_at FROM (
            SELECT found.* FROM unnest(%s::text[]) WITH ORDINALITY AS forms (form, place), LATERAL (
                SELECT {fields} FROM articles_word WHERE key ~>=~ form AND key ~<~ (form || %s)
                ORDER BY heads > 0 DESC, documents DESC, key LIMIT {LOOKED_AT}
            ) AS found ORDER BY place > 1, heads > 0 DESC, documents DESC, key LIMIT {LOOKED_AT}
        ) AS begun
        UNION ALL (SELECT {fields}, NULL FROM articles_word WHERE key = ANY(%s) LIMIT {4 * MAX_WORDS})"""  # noqa: S608
    others = [form for word in earlier for form in forms_of(word)]
    return list(Word.objects.raw(query, [forms, _LAST, others]))


def forms_of(word):
    """Return a word as it stands, and with and without what Arabic and Hebrew write before it."""
    before = HEBREW if "\u0590" <= word[0] <= "\u05ff" else ARABIC if "\u0600" <= word[0] <= "\u06ff" else []
    bare = [
        word.removeprefix(prefix)
        for prefix in before
        if word.startswith(prefix) and len(word) > len(prefix) + SHORTEST
    ]
    return list(dict.fromkeys([word, *bare, *(prefix + stem for stem in [word, *bare] for prefix in before)]))


def begins(key, typed):
    return any(key.startswith(form) for form in forms_of(typed))


def published(words, most):
    """Return the published articles that some words lead to and those that vouch for them, newest first.

    A word leads to at most so many.
    """
    keys = {pk for word in words for pk in word.articles[:most]}
    keys |= {word.witness for word in words if word.documents <= RARE}
    fields = ["pk", "language", "title", "slug", "updated_at"]
    return list(Article.objects.published().filter(pk__in=keys).latest().only(*fields)) if keys else []


def holds(names, words):
    """Whether each word but the last stands in some names, and the last is the beginning of one there."""
    present = WORD.findall(fold(" ".join(names)))
    *earlier, last = words
    forms = tuple(forms_of(last))
    return any(one.startswith(forms) for one in present) and all(
        set(forms_of(word)) & set(present) for word in earlier
    )


def pieces(standing, words, language):
    found = [article for article in standing if holds([article.title], words)]
    found.sort(key=lambda article: article.language != language)
    return [
        row(article.title, gettext("Article"), article.get_absolute_url(), article.language)
        for article in found[:PIECES]
    ]


def subjects(begun, words, language):
    keys = {pk for word in begun for pk in word.tags}
    names = Tag.objects.filter(pk__in=keys).order_by("name").values_list("pk", "name") if keys else []
    named = [pk for pk, name in names if holds([name], words)]
    if not named:
        return []
    # To ask of each whether it has a text costs more than to read its name.
    readable = Article.objects.published().filter(language=language, tagged__tag=OuterRef("pk"))
    tags = Tag.objects.filter(Exists(readable), pk__in=named[: 3 * SUBJECTS]).only("name", "slug")
    return [row(tag.name, gettext("Tag"), tag.get_absolute_url()) for tag in tags[:SUBJECTS]]


def people(begun, words, language):
    keys = {pk for word in begun for pk in word.authors}
    if not keys:
        return []
    authors = Author.objects.of(Article.objects.published()).filter(pk__in=keys).only("name", "slug")
    found = []
    for author in authors.prefetch_related("translations"):
        names = {translation.language: translation.name for translation in author.translations.all()}
        if holds([author.name, *names.values()], words):
            name = names.get(language) or author.name
            found.append(row(name, gettext("Author"), author.get_absolute_url()))
    return found[:PEOPLE]


def completed(typed, begun, standing, last):
    """Return what has been typed with its last word completed, as searches."""
    made_at = begun[0].made_at if begun else None
    unchanged = {article.pk for article in standing if made_at and article.updated_at <= made_at}
    chosen = {}
    for word in begun:
        vouched = word.documents > RARE or word.witness in unchanged
        if word.key == last or not vouched or set(forms_of(word.key)) & chosen.keys():
            continue
        chosen[word.key] = word.spelling
    before = typed.rstrip()
    before = before[: len(before) - len(before.split()[-1])]
    searches = [before + spelling for spelling in list(chosen.values())[:WORDS]]
    return [
        row(search, "", f"{reverse('articles:search')}?{urlencode({'q': search})}") for search in searches
    ]


def row(label, kind, url, language=""):
    """Return a suggestion; `language` is that of its label, where it is known."""
    direction = Language(language).direction if language else "auto"
    return {"label": label, "kind": kind, "url": url, "lang": language, "dir": direction}
