"""Keep the catalogues of what readers see: extract, merge, compile, and say what is missing."""

import ast
import gettext
import shutil
import subprocess
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation.template import templatize

# Where words for readers stand. The editors' desk and the trial are not here: they speak English.
READERS = [
    "articles/errors.py",
    "articles/feeds.py",
    "articles/markup/rendering.py",
    "articles/related.py",
    "articles/search.py",
    "articles/templatetags/*.py",
    "articles/views.py",
    "newsletter/addresses.py",
    "newsletter/forms.py",
    "newsletter/mails.py",
    "newsletter/signups.py",
    "newsletter/views.py",
    "templates/*.html",
    "templates/articles/**/*",
    "templates/newsletter/**/*",
]
# In these modules nothing but the named parts is for readers.
PARTS = {
    "articles/models/article.py": ["phrase", "Article.Kind"],
    "articles/models/review.py": ["Correction.label"],
    "newsletter/models/newsletter.py": ["Newsletter.hint", "Newsletter.wording"],
    "newsletter/models/subscription.py": ["Blocked"],
}
# As Django's makemessages has them, beside those that xgettext knows for Python.
KEYWORDS = [
    "gettext_noop",
    "gettext_lazy",
    "ngettext_lazy:1,2",
    "pgettext:1c,2",
    "pgettext_lazy:1c,2",
    "npgettext:1c,2,3",
    "npgettext_lazy:1c,2,3",
]
HEADER = b'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


class Command(BaseCommand):
    help = "Bring the translations of what readers see up to date; with --check, only say whether they are."

    def add_arguments(self, parser):
        parser.add_argument(
            "--check", action="store_true", help="change nothing; fail if anything is missing"
        )

    def handle(self, *, check, **options):
        if not shutil.which("xgettext"):
            raise CommandError("Install the gettext tools first; this needs xgettext and its kin.")
        with tempfile.TemporaryDirectory() as folder:
            template = extract(Path(folder))
            problems = []
            for path in catalogues():
                merged, target = merge(path, template), path.with_suffix(".mo")
                if not check:
                    path.write_bytes(merged)
                    target.write_bytes(compiled(merged, path))
                elif not target.exists() or read(target.read_bytes()) != read(compiled(merged, path)):
                    problems.append(f"{path} and its .mo are out of date: run manage.py messages.")
                if missing := untranslated(merged):
                    problems.append(f"{path} lacks translations:\n\n{missing}")
        if problems:
            raise CommandError("\n".join(problems))
        self.stdout.write("Every word that readers see is translated and compiled.")


def catalogues():
    return sorted(
        Path(folder) / "LC_MESSAGES/django.po" for folder in Path(settings.LOCALE_PATHS[0]).iterdir()
    )


def extract(folder):
    """Return the path of a new template, in the folder, of all strings that readers see."""
    names = []
    for name, source in public_sources(settings.BASE_DIR):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(source, encoding="utf-8")
        names.append(name)
    keywords = [f"--keyword={keyword}" for keyword in KEYWORDS]
    options = ["--language=Python", "--from-code=UTF-8", "--sort-by-file", "--no-wrap"]
    messages = run("xgettext", *options, *keywords, "--output=-", *names, cwd=folder)
    template = folder / "django.pot"
    # xgettext writes the time into its header, and the catalogue would differ from run to run.
    template.write_bytes(HEADER + messages.partition(b"\n\n")[2])
    return template


def public_sources(base):
    """Yield the name and the text, as xgettext reads Python, of each file with words for readers."""
    for name, parts in PARTS.items():
        yield name, only((base / name).read_text(encoding="utf-8"), parts)
    for path in sorted(path for pattern in READERS for path in base.glob(pattern) if path.is_file()):
        name, text = path.relative_to(base).as_posix(), path.read_text(encoding="utf-8")
        yield name, text if path.suffix == ".py" else templatize(text, origin=name)


def only(source, parts):
    """Return a module's source in which every line outside the named functions and classes is empty."""
    lines = source.splitlines()
    kept = set()
    for part in parts:
        node = ast.parse(source)
        for name in part.split("."):
            node = next((child for child in node.body if getattr(child, "name", "") == name), None)
            if node is None:
                raise CommandError(f"There is no {part} any more whose words could be translated.")
        kept.update(range(node.lineno, node.end_lineno + 1))
    return "\n".join(line if number in kept else "" for number, line in enumerate(lines, start=1))


def merge(path, template):
    """Return the catalogue with the template's strings: all of them, and no others."""
    options = ["--no-wrap", "--add-location=file"]
    merged = run("msgmerge", "--quiet", "--no-fuzzy-matching", *options, path, template)
    return run("msgattrib", "--no-obsolete", *options, "-", stdin=merged)


def compiled(merged, path):
    """Return the compiled form; raises CommandError where a placeholder differs from the original's."""
    try:
        return run("msgfmt", "--check-format", "--no-hash", "--output-file=-", "-", stdin=merged)
    except CommandError as error:
        raise CommandError(str(error).replace("<stdin>", str(path))) from error


def untranslated(merged):
    """Return the entries without a translation, or with one that is marked as doubtful."""
    return "".join(
        run("msgattrib", choice, "--no-obsolete", "--no-wrap", "-", stdin=merged).decode()
        for choice in ("--untranslated", "--only-fuzzy")
    )


def read(content):
    """Return a compiled catalogue as a mapping; its bytes differ between versions of gettext."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        return gettext.GNUTranslations(file)._catalog


def run(tool, *arguments, stdin=b"", cwd=None):
    done = subprocess.run([tool, *arguments], input=stdin, capture_output=True, cwd=cwd)  # noqa: S603
    if done.returncode:
        raise CommandError(f"{tool}: {done.stderr.decode()}")
    return done.stdout
