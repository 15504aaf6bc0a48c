"""The trial's mailbox: mail that would have been sent, to be read and its links followed. Only in a trial."""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from http import HTTPStatus
from pathlib import Path

from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.static import serve

from articles import audio

MAX_FILES = 200
MAX_BYTES = 2 * 1024 * 1024
HEADERS = ["From", "To", "Subject", "Date", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"]

# Django's file backend: one file for a connection, a line of dashes after each message.
_NAME = re.compile(r"(?P<file>\d{8}-\d{6}-\d{1,20}\.log)\.(?P<index>\d{1,4})")
_SEPARATOR = b"\n" + b"-" * 79 + b"\n"
# The first header of each message that Django builds.
_BEGINNING = re.compile(rb"Content-Type: [a-z]+/[a-z]+")


@dataclass
class KeptMail:
    """One mail in the folder; its name is its file's, a full stop and its place in the file."""

    name: str
    mail: EmailMessage

    @property
    def headers(self):
        return [(name, str(self.mail[name])) for name in HEADERS if self.mail[name]]

    @property
    def subject(self):
        return str(self.mail["Subject"] or "")

    @property
    def recipient(self):
        return str(self.mail["To"] or "")

    @property
    def date(self):
        return self.mail["Date"].datetime if self.mail["Date"] else None

    @property
    def text(self):
        return self._content("plain")

    @property
    def html(self):
        return self._content("html")

    def _content(self, kind):
        part = self.mail.get_body((kind,))
        if part is None:
            return ""
        try:
            return part.get_content()
        except LookupError:
            return part.get_payload(decode=True).decode(errors="replace")


@never_cache
@require_safe
def mailbox(request):
    """List the mails, newest first."""
    mails = [mail for path in newest_files() for mail in reversed(read(path))]
    return render(request, "trial/mailbox.html", {"mails": mails})


@never_cache
@require_safe
def message(request, name):
    """Show one mail: headers, the text with its links, and the HTML part in a frame."""
    mail = find(name)
    if request.GET.get("part") == "html":
        return html_part(request, mail)
    return message_page(request, mail)


@csp_replace({"frame-src": ["'self'"]})
def message_page(request, mail):
    return render(request, "trial/message.html", {"mail": mail})


@csp_replace(
    {
        "default-src": ["'none'"],
        "style-src": ["'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "sandbox": [""],
        **dict.fromkeys(["script-src", "font-src", "media-src", "connect-src", "frame-src", "base-uri"]),
    }
)
def html_part(request, mail):
    return HttpResponse(mail.html)


def newest_files():
    """Return the paths of the newest files of the mail folder."""
    folder = Path(settings.EMAIL_FILE_PATH)
    return sorted(folder.glob("*.log"), key=lambda path: path.name, reverse=True)[:MAX_FILES]


def read(path):
    """Return the mails in one file; a line of dashes inside a mail does not end it."""
    with path.open("rb") as file:
        pieces = file.read(MAX_BYTES).split(_SEPARATOR)
    messages = []
    for piece in pieces:
        if _BEGINNING.match(piece):
            messages.append(piece)
        elif messages and piece.strip():
            messages[-1] += _SEPARATOR + piece
    return [
        KeptMail(f"{path.name}.{index}", message_from_bytes(raw, policy=modern))
        for index, raw in enumerate(messages)
    ]


def find(name):
    """Return the mail of a name; a name that is not one of ours, or leads elsewhere, is a 404."""
    match = _NAME.fullmatch(name)
    path = match and Path(settings.EMAIL_FILE_PATH) / match["file"]
    mails = read(path) if path and path.is_file() else []
    if not match or int(match["index"]) >= len(mails):
        raise Http404("There is no such mail.")
    return mails[int(match["index"])]


@require_safe
def media(request, path):
    """Serve an upload; a name that the file system cannot hold is one that is not there."""
    try:
        response = serve(request, path, document_root=settings.MEDIA_ROOT)
    except (OSError, ValueError) as error:
        raise Http404 from error
    if kind := audio.TYPES.get(path.rpartition(".")[2]):
        response.headers["Content-Type"] = kind
    return part_of(request, response) if response.status_code == HTTPStatus.OK else response


def part_of(request, response):
    """Return the one part of a file that was asked for, so that listeners can jump (RFC 9110, section 14).

    Several parts, and a part of a file that has changed meanwhile, get all of it.
    """
    response.headers["Accept-Ranges"] = "bytes"
    wanted = re.fullmatch(r"bytes=(\d{1,15})?-(\d{1,15})?", request.headers.get("Range", ""))
    unchanged = request.headers.get("If-Range", response.headers["Last-Modified"])
    if not wanted or wanted[0] == "bytes=-" or unchanged != response.headers["Last-Modified"]:
        return response
    size = int(response.headers["Content-Length"])
    first, last = (int(number) if number else None for number in wanted.groups())
    begin = max(0, size - last) if first is None else first
    end = size - 1 if first is None or last is None else min(last, size - 1)
    if begin > end:
        response.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    file = response.file_to_stream
    file.seek(begin)
    response.streaming_content = pieces(file, end - begin + 1)
    response.status_code = HTTPStatus.PARTIAL_CONTENT
    response.headers["Content-Range"] = f"bytes {begin}-{end}/{size}"
    response.headers["Content-Length"] = end - begin + 1
    return response


def pieces(file, length, step=64 * 1024):
    while length > 0 and (piece := file.read(min(step, length))):
        length -= len(piece)
        yield piece
