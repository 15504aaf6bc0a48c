"""What the player in an article needs to know."""

from dataclasses import dataclass

from django import template
from django.utils.translation import gettext

from articles.models import Narration

register = template.Library()


@dataclass(frozen=True)
class Listening:
    """An article as it is heard: `audio` is the Narration that it is heard from, or None."""

    audio: Narration | None
    spans: str
    of: str  # the text

    @property
    def seconds(self):
        return round(self.audio.duration)

    @property
    def times(self):
        """The hundredths of a second that each sentence takes, separated by spaces."""
        return " ".join(map(str, self.audio.timings)) if self.audio else ""

    @property
    def words(self):
        """Say how long it is and who reads, and whether the text has changed since."""
        minutes, seconds = divmod(self.seconds, 60)
        length = gettext("%(minutes)d min %(seconds)02d s") % {"minutes": minutes, "seconds": seconds}
        if self.audio.source == Narration.Source.MADE:
            words = gettext("%(length)s, read by a computer")
        elif self.audio.read_by:
            words = gettext("%(length)s, read by %(name)s")
        else:
            words = "%(length)s"
        said = words % {"length": length, "name": self.audio.read_by}
        if self.audio.text_hash != self.of:
            said = " ".join([said + gettext("."), gettext("The text has changed since it was recorded.")])
        return said


@register.simple_tag(takes_context=True)
def listening(context, article):
    """Return the Listening to an article of for_page(), or None where an editor has switched it off.

    Who looks at a text before its readers do hears no audio of another one.
    """
    if not article.listenable:
        return None
    audio = Narration.read_row(getattr(article, "narration", None))
    if audio and audio.text_hash != article.spoken_hash:
        is_ahead = context.get("preview") or context.get("draft_link")
        if is_ahead or audio.source == Narration.Source.MADE:
            audio = None
    return Listening(audio, article.spoken_spans, article.spoken_hash)
