"""What should not be read by everyone: telephone numbers, addresses, account and order numbers in a public reply. Pure.

An IBAN counts when its check digits are right (ISO 13616), a card number when its Luhn digit is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from palabre.engage.advice_remarks import Remark

MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
OURS = re.compile(r"^(?:contact|support|help|aide|info|hello|bonjour|service|sav|client|accueil|press|noreply)\b", re.I)
IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z0-9]{2,4}){3,8}(?!\w)")
CARD = re.compile(r"(?<![\w+])\d(?:[ \u00a0.-]?\d){12,18}(?!\w)")
PHONE = re.compile(
    r"(?<![\w.,])(?:(?:\+|00)\d{1,3}[ \u00a0.-]?(?:\(0\)[ \u00a0]?)?|0)\d(?:[ \u00a0.-]?\d){7,10}(?![\w,]\d|\w)"
)
CODE = re.compile(
    r"(?<!\w)(?:commande|dossier|facture|client|réf(?:érence)?|contrat|compte|colis|order|invoice|customer|reference|"
    r"ref|booking|account|parcel|case|ticket)\b[^\w\n]{0,3}(?:n[°o]?\.?|number|no\.?|num[ée]ro|#|:)?[^\w\n]{0,3}"
    r"((?=[\w/-]*\d[\w/-]*\d[\w/-]*\d[\w/-]*\d)[A-Z\d][A-Z\d/_-]{4,})",
    re.IGNORECASE,
)


def iban_is_right(text: str) -> bool:
    plain = re.sub(r"\s", "", text)
    digits = "".join(str(int(char, 36)) for char in plain[4:] + plain[:4])
    return 15 <= len(plain) <= 34 and int(digits) % 97 == 1


def luhn_is_right(text: str) -> bool:
    digits = [int(char) for char in text if char.isdigit()][::-1]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return 13 <= len(digits) <= 19 and (sum(digits[::2]) + sum(doubled)) % 10 == 0


def our_own(text: str) -> bool:
    return OURS.search(text) is not None


CHECKS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("iban", IBAN, iban_is_right),
    ("card", CARD, luhn_is_right),
    ("mail", MAIL, lambda text: not our_own(text)),
    ("phone", PHONE, lambda text: 9 <= sum(char.isdigit() for char in text) <= 15),
    ("code", CODE, lambda text: True),
)


def private_words(text: str) -> Iterator[Remark]:
    """Each place once, by the first rule that knows it."""
    taken: list[tuple[int, int]] = []
    for case, pattern, right in CHECKS:
        for match in pattern.finditer(text):
            group = 1 if match.re.groups else 0
            start, end = match.span(group)
            if right(match[group]) and not any(start < stop and begin < end for begin, stop in taken):
                taken.append((start, end))
                yield Remark("personal", start, end, match[group], {"case": case})
