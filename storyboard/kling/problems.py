"""What a rule has to say about a brief."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One broken rule, or one piece of advice when `warning` is true.

    `code` is stable and never shown. `field` is the brief's own path with 0-based list places
    (`shots[2].prompt`, `total_seconds`). `words` say what is wrong and what to do. `source` names
    the document the rule comes from. `action` names a one-click fix, or is empty.
    """

    code: str
    field: str
    words: str
    source: str
    warning: bool = False
    action: str = ""
