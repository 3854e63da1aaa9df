"""The gate: ready, cost and who approves, right above the one button they govern."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from storyboard.access import ROLES_BY_VERB
from storyboard.kling import readiness
from storyboard.kling.brief import Brief, Problem
from storyboard.kling.pricing import Quote, quote
from storyboard.kling.profiles import OFFICIAL
from storyboard.kling.rules.wording import ATTACH
from storyboard.models import (
    MOST_TAKES,
    Account,
    Element,
    Membership,
    Review,
    Revision,
    Storyboard,
    User,
    Voice,
)
from storyboard.views.cast import entry_of
from storyboard.views.controls import Controls
from storyboard.views.frozen import seller_of
from storyboard.views.ways import Way, ways_out

_MOST_FACES = 6


@dataclass(frozen=True)
class Obstacle:
    """One line: what is wrong, what to do about it, and where on the page that is.

    `row` is the rule it breaks; several may break the same. `ways` are what one click does, `page`
    is the address where it is put right, if that is another one.
    """

    what: str
    why: str
    row: str = ""
    target: str = ""
    ways: tuple[Way, ...] = ()
    page: str = ""

    @classmethod
    def of(cls, board: Storyboard, problem: Problem, row: str = "") -> Obstacle:
        """The problem's first sentence says what, the rest what to do."""
        what, stop, why = problem.words.partition(". ")
        return cls(what + stop.strip(), why, row=row, target=target_of(board, problem.field))


class Met(NamedTuple):
    """A rule that is met, and where on the page it is looked after."""

    words: str
    target: str


@dataclass(frozen=True)
class Gate:
    """What stands between the draft and a review, the price of one take, and who may say yes."""

    obstacles: tuple[Obstacle, ...]
    met: tuple[Met, ...]
    advice: tuple[Obstacle, ...]
    price: Quote
    seller: str
    total_seconds: int
    approvers: tuple[User, ...]
    approval: str
    takes: str
    refused: str
    sum_seconds: int

    @property
    def is_ready(self) -> bool:
        return not self.obstacles

    @property
    def count(self) -> int:
        """Rules looked at."""
        return len(self.met) + len(self.unmet)

    @property
    def unmet(self) -> tuple[str, ...]:
        """The rules that are not met."""
        return tuple(dict.fromkeys(each.row or each.what for each in self.obstacles))

    @property
    def heading(self) -> str:
        to_fix = len(self.obstacles)
        if not to_fix:
            return _("Ready to send")
        return ngettext("%(n)s thing to fix", "%(n)s things to fix", to_fix) % {"n": to_fix}

    @property
    def first_what(self) -> str:
        """Why the button is blocked: the first thing to fix."""
        return self.obstacles[0].what if self.obstacles else ""

    @property
    def target(self) -> str:
        """Where the first thing to fix is, as a link within the page."""
        return next((each.target for each in self.obstacles if each.target), "")

    @property
    def listed_on(self) -> date:
        """The day of the price list."""
        return date.fromisoformat(self.price.listed_on)

    @property
    def price_words(self) -> str:
        """The sum behind the price: `14 s × $0.168, kling-v3 pro 1080p, sound`."""
        lines = (
            _("%(seconds)s s × $%(rate)s, %(what)s")
            % {
                "seconds": line.seconds,
                "rate": f"{line.rate_money_milli / 1000:.3f}",
                "what": line.words,
            }
            for line in self.price.lines
        )
        return "; ".join(lines)

    @property
    def takes_choices(self) -> list[str]:
        return [str(number) for number in range(1, MOST_TAKES + 1)]


def gate_of(
    board: Storyboard, controls: Controls, *, by: User, latest: Revision | None, refused: str,
    takes: str, members: list[Membership], free: Iterable[Element | Voice],
) -> Gate:  # fmt: skip
    """The gate as this person sees it; `members` as `members_of` gives them.

    `free` are the entries of the library that are not attached.
    """
    account, brief = board.project.ordering_account, controls.brief
    profile = account.dialect if account else OFFICIAL
    reading = account.rules if account else "map"
    rows = readiness.rows(brief, profile, reading)
    advice = readiness.advice(brief, profile, reading)
    obstacles = [
        _against(board, controls, problem, row.code) for row in rows for problem in row.problems
    ]
    approvers = _approvers(board, by, members)
    return Gate(
        obstacles=(*_outside(account, latest), *obstacles),
        met=tuple(Met(row.words, _place(board, row.code)) for row in rows if row.met),
        advice=tuple(_advice(board, each, free) for each in advice),
        price=quote(brief),
        seller=seller_of(account),
        total_seconds=brief.total_seconds,
        approvers=approvers[:_MOST_FACES],
        approval=_approval(board, approvers),
        takes=takes,
        refused=refused,
        sum_seconds=brief.shots_seconds,
    )


def target_of(board: Storyboard, field: str) -> str:
    """The id of the control a field is about: `shots[2].prompt` is shot 3's prompt."""
    name, _bracket, rest = field.partition("[")
    if name == "shots" and rest:
        place, _dot, part = rest.partition("].")
        shots = list(board.shots.all())
        return f"shot-{shots[int(place)].key}-{part}"
    name = name.partition(".")[0]
    return _PLACES.get(name, f"set-{name}")


# Where on the page a field is that is no setting of its own name.
_PLACES = {
    "shots": "board",
    "elements": "elements",
    "voices": "voices",
    "first_frame": "first-frame",
    "end_frame": "end-frame",
}
# The field that a row of readiness is about; its own name where it is none of these.
_FIELDS = {
    "prompts": "shots[0].prompt",
    "seconds": "total_seconds",
    "shape": "aspect_ratio",
    "library": "elements",
    "tokens": "elements",
    "extras": "cfg_scale",
    "direction": "end_frame",
}


def _place(board: Storyboard, row: str) -> str:
    return target_of(board, _FIELDS.get(row, row))


def _against(board: Storyboard, controls: Controls, problem: Problem, row: str) -> Obstacle:
    """A broken rule; what the model does not take stays in the draft, and that is said."""
    found = Obstacle.of(board, problem, row)
    kept = _kept(problem, controls.brief)
    why = f"{kept} {found.why}".strip()
    ways = ways_out(problem, controls.brief, controls)
    return replace(found, why=why, ways=ways, page=_page(board, problem))


def _page(board: Storyboard, problem: Problem) -> str:
    """Where an entry is made that the account does not have."""
    if not problem.code.endswith(".not_on_account"):
        return ""
    name, _bracket, place = problem.field.partition("[")
    elements, voices = list(board.element_uses.all()), list(board.voice_uses.all())
    at = int(place.rstrip("]"))
    entry = entry_of(elements[at] if name == "elements" else voices[at])
    return reverse(entry.entry_kind, args=[entry.key])


def _advice(board: Storyboard, problem: Problem, free: Iterable[Element | Voice]) -> Obstacle:
    """Advice; of a name that is not attached it says whether the library has it."""
    found = Obstacle.of(board, problem)
    if not problem.action.startswith(ATTACH):
        return found
    name = problem.action.removeprefix(ATTACH).casefold()
    if any(entry.name.casefold().split()[:1] == [name] for entry in free):
        return replace(found, why=_("The library has it: choose it from the list that @ opens."))
    words = _("The library has nothing called so: add it there, or write the name without @.")
    return replace(found, why=words)


def _kept(problem: Problem, brief: Brief) -> str:
    if not problem.code.startswith("capability.") or problem.field in ("model", "mode"):
        return ""
    several = {"elements": brief.elements, "voices": brief.voices}.get(problem.field)
    if problem.field == "shooting":
        return _("All shots stay here.")
    if several is None:
        return _("It stays here, unsent.")
    words = ngettext("%(n)s stays here, unsent.", "%(n)s stay here, unsent.", len(several))
    return words % {"n": len(several)}


def _outside(account: Account | None, latest: Revision | None) -> list[Obstacle]:
    """What blocks although the brief is right."""
    found = []
    if account is None:
        why = _("There is nobody to order from. An owner adds one; the draft is kept.")
        found.append(Obstacle(_("The team has no account with Kling."), why))
    elif account.closed_at is not None:
        why = _("The draft is kept. An owner switches it on, or the project uses another account.")
        what = _("The account %(name)s is switched off.") % {"name": account}
        found.append(Obstacle(what, why))
    if latest is not None and latest.review.state == Review.State.OPEN:
        why = _(
            "Withdraw it, or wait for the decision, before sending the next. The draft is kept."
        )
        what = _("Revision %(n)s is in review.") % {"n": latest.number}
        found.append(Obstacle(what, why))
    return found


def members_of(board: Storyboard) -> list[Membership]:
    """The active members of the storyboard's team with their people, longest there first."""
    rows = board.project.team.memberships.filter(user__is_active=True)
    people = ("team", "role", "user__name", "user__email", "user__hue")
    return list(rows.select_related("user").only(*people).order_by("created_at"))


def _approvers(board: Storyboard, by: User, members: list[Membership]) -> tuple[User, ...]:
    """Members who may decide; who may send only where the project needs no second person."""
    members = [each for each in members if each.role in ROLES_BY_VERB["decide"]]
    people = [each.user for each in members]
    if board.project.waives_second_person:
        return tuple(people)
    sends = any(
        each.user_id == by.pk and each.role in ROLES_BY_VERB["send_for_review"] for each in members
    )
    return tuple(person for person in people if not (sends and person.pk == by.pk))


def _approval(board: Storyboard, approvers: tuple[User, ...]) -> str:
    if board.project.waives_second_person:
        return _("This project needs no second person: you may approve it yourself.")
    if not approvers:
        return _("Needs 1 approval, and nobody else can give it yet. An owner adds a reviewer.")
    if len(approvers) == 1:
        return _("Needs 1 approval, by %(who)s.") % {"who": approvers[0]}
    return _("Needs 1 approval, by one of %(n)s.") % {"n": len(approvers)}
