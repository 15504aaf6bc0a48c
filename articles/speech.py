"""Voices that the server reads with: an interface for engines, and espeak-ng as the one that is at hand.

An engine is named in the setting NARRATION_ENGINE by its dotted path. It is made without arguments, and has
- `name`, which is kept beside what it made,
- `voices(language)`: the names of its voices for a language ("en", "ar", "he"); none means that it cannot,
- `speak(sentences, language)`: a Speech; raises SpeechFailed with the reason.
"""

import logging
import shutil
import subprocess
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)

PAUSE = 0.25  # seconds behind each sentence
BITRATE = 32  # kbit/s: of a voice at 22 kHz, more cannot be heard


class SpeechFailed(Exception):
    """The engine gave no audio; the message says why."""


@dataclass(frozen=True)
class Speech:
    """A file in a format that articles.audio knows, and the seconds that each sentence takes in it."""

    content: bytes
    durations: list[float]


def engine():
    """Return the configured engine, or None where there is none."""
    return import_string(settings.NARRATION_ENGINE)() if settings.NARRATION_ENGINE else None


class Espeak:
    """espeak-ng as a program, one call for each sentence, encoded as MP3 while it speaks."""

    name = "espeak-ng"
    program = "espeak-ng"
    timeout = 60  # seconds for a sentence
    patience = 5  # seconds for the list of voices, which pages wait for
    rate = 22050  # samples a second

    def voices(self, language):
        if not shutil.which(self.program):
            return []
        try:
            listed = self._run([f"--voices={language}"], "", self.patience)
        except SpeechFailed as error:
            logger.warning("No voices are listed: %s", error)
            return []
        lines = [
            line.split() for line in listed.decode(errors="replace").splitlines()[1:] if " mb/" not in line
        ]
        # Those of MBROLA are listed whether or not they are installed.
        return [fields[3] for fields in lines if len(fields) > 4]

    def speak(self, sentences, language):
        import lameenc

        encoder = lameenc.Encoder()
        encoder.silence()
        encoder.set_bit_rate(BITRATE)
        encoder.set_in_sample_rate(self.rate)
        encoder.set_out_sample_rate(self.rate)
        encoder.set_channels(1)
        encoder.set_quality(5)
        content, durations = bytearray(), []
        pause = bytes(2 * int(PAUSE * self.rate))
        for sentence in sentences:
            # Brackets would begin phonemes.
            words = sentence.replace("[", " ").replace("]", " ")
            sound = (
                self._samples(self._run(["-v", language, "-b", "1", "--stdin", "--stdout"], words)) + pause
            )
            durations.append(len(sound) / 2 / self.rate)
            content += encoder.encode(sound)
        return Speech(bytes(content + encoder.flush()), durations)

    def _samples(self, wav):
        """Return the 16-bit samples; the length in the head of a WAV that was piped says nothing."""
        start = wav.find(b"data") + 8
        if wav[:4] != b"RIFF" or start < 8 or int.from_bytes(wav[24:28], "little") != self.rate:
            raise SpeechFailed(f"{self.program} wrote no sound at {self.rate} Hz.")
        return wav[start : len(wav) - (len(wav) - start) % 2]

    def _run(self, arguments, text, timeout=None):
        try:
            done = subprocess.run(  # noqa: S603 (no shell, and the text goes in by its standard input)
                [self.program, *arguments],
                input=text.encode(),
                capture_output=True,
                timeout=timeout or self.timeout,
                check=True,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise SpeechFailed(f"{self.program}: {error}") from error
        return done.stdout
