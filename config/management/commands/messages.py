"""Keep the catalogues of our words: extract, merge, compile, and say what is missing."""

import gettext
import shutil
import subprocess
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation.template import templatize

# Where words stand that readers or editors see, by the catalogue that has them. Whoever runs the server
# reads English: what commands print stays out, and so do the checks of settings.
SOURCES = {
    "django": ["articles/**/*.py", "config/**/*.py", "newsletter/**/*.py", "templates/**/*.*"],
    "djangojs": ["static/admin-desk/**/*.js"],
}
FOR_OPERATORS = {"demo", "management", "migrations"}
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
    help = "Bring the translations of our words up to date; with --check, only say whether they are."

    def add_arguments(self, parser):
        parser.add_argument(
            "--check", action="store_true", help="change nothing; fail if anything is missing"
        )

    def handle(self, *, check, **options):
        if not shutil.which("xgettext"):
            raise CommandError("Install the gettext tools first; this needs xgettext and its kin.")
        problems = []
        for domain in SOURCES:
            template = extract(domain)
            for path in catalogues(domain):
                problems += self.bring_up_to_date(path, template, check)
        if problems:
            raise CommandError("\n".join(problems))
        self.stdout.write("Every word that readers and editors see is translated and compiled.")

    def bring_up_to_date(self, path, template, check):
        """Write a catalogue and its compiled form, or only look at them; return what is wrong."""
        merged, target = merge(path, template), path.with_suffix(".mo")
        problems = []
        if not check:
            path.write_bytes(merged)
            target.write_bytes(compiled(merged, path))
        elif not target.exists() or read(target.read_bytes()) != read(compiled(merged, path)):
            problems.append(f"{path} and its .mo are out of date: run manage.py messages.")
        if missing := untranslated(merged):
            problems.append(f"{path} lacks translations:\n\n{missing}")
        return problems


def catalogues(domain):
    return sorted(Path(settings.LOCALE_PATHS[0]).glob(f"*/LC_MESSAGES/{domain}.po"))


def extract(domain):
    """Return a template, as bytes, of all strings in the sources of a catalogue."""
    scripts = domain == "djangojs"
    keywords = [] if scripts else [f"--keyword={keyword}" for keyword in KEYWORDS]
    options = ["--from-code=UTF-8", "--sort-by-file", "--no-wrap", "--output=-"]
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for name, source in sources(domain, settings.BASE_DIR):
            copy = Path(folder, name)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(source, encoding="utf-8")
            names.append(name)
        language = f"--language={'JavaScript' if scripts else 'Python'}"
        messages = run("xgettext", language, *options, *keywords, *names, cwd=folder)
    # xgettext writes the time into its header, and the catalogue would differ from run to run.
    return HEADER + messages.partition(b"\n\n")[2]


def sources(domain, base):
    """Yield the name and the text, as xgettext reads it, of each file of a catalogue."""
    for path in sorted(path for pattern in SOURCES[domain] for path in base.glob(pattern)):
        name = path.relative_to(base)
        if FOR_OPERATORS.isdisjoint(name.parts):
            text = path.read_text(encoding="utf-8")
            code = path.suffix in (".py", ".js")
            yield name.as_posix(), text if code else templatize(text, origin=name.as_posix())


def merge(path, template):
    """Return the catalogue with the template's strings: all of them, and no others."""
    options = ["--no-wrap", "--add-location=file"]
    with tempfile.NamedTemporaryFile(suffix=".pot") as file:
        file.write(template)
        file.flush()
        merged = run("msgmerge", "--quiet", "--no-fuzzy-matching", *options, path, file.name)
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
