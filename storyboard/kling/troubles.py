"""What each trouble with Kling means to people: what happened, what is kept, what to do.

Meanings and advice: Kling API, error codes, 22 rows read on 2026-09-20; code 0 is no trouble.
A retired model's refusal and the reasons of failed tasks have no row; they are known by Kling's
own words, as others have seen them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Trouble:
    """Three sentences or more, each part ending in a full stop."""

    happened: str
    kept: str
    todo: str

    @property
    def words(self) -> str:
        """The three parts as one text, at most 500 characters."""
        return f"{self.happened} {self.kept} {self.todo}"


_STANDS = "The order is kept."
_FREE = "Nothing is charged and the revision is kept."
_MAYBE = "The order is kept. Kling is asked for it before anything is sent again."
_NEW_KEY = "Put a valid API key into the account."
_REWORD = "Change the prompts or the pictures in the draft and send it for review."

BY_CODE: Mapping[int, Trouble] = MappingProxyType(
    {
        1000: Trouble("Kling does not accept the API key.", _STANDS, _NEW_KEY),
        1001: Trouble("The account has no API key.", _STANDS, _NEW_KEY),
        1002: Trouble("Kling does not know the API key.", _STANDS, _NEW_KEY),
        1003: Trouble(
            "Kling says the key is not valid yet.",
            _STANDS,
            "Check this server's clock.",
        ),
        1004: Trouble(
            "Kling says the key has expired.",
            _STANDS,
            "Check the key and this server's clock.",
        ),
        1100: Trouble(
            "Kling reports trouble with the account.",
            _STANDS,
            "Look at the account in Kling's console.",
        ),
        1101: Trouble(
            "The account owes Kling money.",
            _STANDS,
            "Pay in Kling's console.",
        ),
        1102: Trouble(
            "The account's resource pack is used up or has expired.",
            _STANDS,
            "Buy a pack in Kling's console.",
        ),
        1103: Trouble(
            "The account has no right to this model.",
            _STANDS,
            "Ask Kling for access, or choose another model in the draft.",
        ),
        1200: Trouble(
            "Kling says the request is wrong.",
            _FREE,
            "Read Kling's message, change the draft and send it for review.",
        ),
        1201: Trouble(
            "Kling does not take one of the settings.",
            _FREE,
            "Read Kling's message, change the draft and send it for review.",
        ),
        1202: Trouble(
            "Kling does not know this kind of request.",
            _FREE,
            "Check the account's address and profile.",
        ),
        1203: Trouble(
            "Kling does not have what was asked for, often the model.",
            _FREE,
            "Choose another model in the draft and send it for review.",
        ),
        1300: Trouble("Kling's platform rules turned this down.", _FREE, _REWORD),
        1301: Trouble("Kling's content rules turned this down.", _FREE, _REWORD),
        1302: Trouble(
            "Kling asks for fewer requests.",
            _STANDS,
            "Nothing to do: it is sent again later, a little slower each time.",
        ),
        1303: Trouble(
            "The account has as many takes in the making as its pack allows.",
            _STANDS,
            "Nothing to do: it is sent when a place is free. A larger pack has more places.",
        ),
        1304: Trouble(
            "Kling does not accept this server's address.",
            _STANDS,
            "Add the address to the account's allowed addresses.",
        ),
        5000: Trouble("Kling had an error of its own.", _MAYBE, "Nothing to do. You can leave."),
        5001: Trouble(
            "Kling is closed for maintenance.", _STANDS, "Nothing to do: it is sent again later."
        ),
        5002: Trouble(
            "Kling took too long over the order.", _MAYBE, "Nothing to do. You can leave."
        ),
    }
)

RETIRED = Trouble(
    "Kling has retired this model and makes nothing with it any more.",
    _FREE,
    "Choose another model in the draft and send it for review.",
)
_UNCHARGED = (
    "The revision and its approval are kept. Kling says that it does not charge for failed films."
)
FAILED = Trouble(
    "Kling took the order, worked on it and gave up.",
    _UNCHARGED,
    "Generate once more, or change what Kling's message names in the draft and send it for review.",
)
FAILED_BY_CONTENT = Trouble(
    "Kling's content rules stopped the film while it was being made.",
    _UNCHARGED,
    "Change the prompts or the pictures in the draft and send it for review.",
)
FAILED_BY_RETIREMENT = Trouble(RETIRED.happened, _UNCHARGED, RETIRED.todo)
FAILED_BY_PICTURE = Trouble(
    "Kling could not use one of the pictures.",
    _UNCHARGED,
    "Put another picture into the draft and send it for review.",
)

_FAILURES = (FAILED, FAILED_BY_CONTENT, FAILED_BY_RETIREMENT, FAILED_BY_PICTURE)
_BY_WORDS = {trouble.words: trouble for trouble in (*BY_CODE.values(), RETIRED, *_FAILURES)}

# Seen by others on 2026-09-20, at a status and with a code that were not written down.
_SAYS_RETIRED = re.compile(r"has been discontinued and is no longer available", re.IGNORECASE)
# Reasons of failed tasks in public reports: "Failure to pass the risk control system", "Image
# pixel is invalid".
_SAYS_CONTENT = re.compile(
    r"risk control|content.{0,30}polic|polic.{0,30}content|sensitive|moderat", re.IGNORECASE
)
_SAYS_PICTURE = re.compile(r"\b(?:image|picture|pixel)", re.IGNORECASE)


def says_retired(message: str) -> bool:
    """Whether Kling's message is that of a retired model."""
    return _SAYS_RETIRED.search(message) is not None


def of_failure(message: str) -> Trouble:
    """What the reason of a failed task means, by Kling's own words in `task_status_msg`."""
    if says_retired(message):
        return FAILED_BY_RETIREMENT
    if _SAYS_CONTENT.search(message):
        return FAILED_BY_CONTENT
    return FAILED_BY_PICTURE if _SAYS_PICTURE.search(message) else FAILED


def of_words(words: str) -> Trouble | None:
    """The trouble whose whole text this is, to show its parts apart."""
    return _BY_WORDS.get(words)
