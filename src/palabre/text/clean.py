"""Text from outside made storable, and otherwise left as it was written.

Out go what no database or screen can hold: lone surrogates, NUL, control characters. Text is NFC. Zero-width signs,
bidi controls and stacked accents stay (the matcher sees through them, the screen isolates them), up to the thirty marks
in a row of the Stream-Safe Text Format (UAX #15), since sorting longer runs costs the square of their length.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

BYTES_MAX = 2_000_000
MARKS_MAX = 30
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """cut: the text was longer than the limit."""

    text: str
    cut: bool


def clean_text(text: str) -> str:
    """The text, storable; at most 2 MB of UTF-8."""
    return clean(text).text


def clean(text: str, bytes_max: int = BYTES_MAX) -> Cleaned:
    """The text, storable, and whether it had to be cut."""
    if text.isascii() and not CONTROLS.search(text):
        return capped(text, bytes_max)
    if SURROGATES.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # halves that belong together join
    short = capped(controls_out(text), bytes_max)
    return Cleaned(composed(short.text), short.cut)


def capped(text: str, bytes_max: int) -> Cleaned:
    """Cut between two characters."""
    if len(text) * 4 <= bytes_max:
        return Cleaned(text, False)
    data = text.encode("utf-8")
    return Cleaned(
        text if len(data) <= bytes_max else data[:bytes_max].decode("utf-8", "ignore"), len(data) > bytes_max
    )


def controls_out(text: str) -> str:
    """CR LF, CR, NEL, VT and FF are newlines; C1 codes are the cp1252 signs they were typed as; other controls go."""
    return text.replace("\r\n", "\n").translate(control_table()) if CONTROLS.search(text) else text


@cache
def control_table() -> dict[int, str]:
    table = dict.fromkeys([*range(0x20), 0x7F], "")
    table |= {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
    return table | {9: "\t", 10: "\n", 11: "\n", 12: "\n", 13: "\n", 0x85: "\n"}


def composed(text: str) -> str:
    """NFC, in linear time whatever the input."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", long_runs().sub(lambda run: run[0][:MARKS_MAX], text))


@cache
def long_runs() -> re.Pattern[str]:
    """Runs of more than thirty combining marks."""
    marks = "".join(chr(code) for code in range(0x300, 0x20000) if unicodedata.combining(chr(code)))
    return re.compile(f"[{marks}]{{{MARKS_MAX + 1},}}")
