"""The gate: ready, cost and who approves, right above the one button they govern."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from storyboard.access import ROLES_BY_VERB
from storyboard.kling import readiness
from storyboard.kling.brief import Brief, Problem
from storyboard.kling.pricing import Quote, quote
from storyboard.kling.profiles import OFFICIAL
from storyboard.models import (
    MOST_TAKES,
    Account,
    Membership,
    Review,
    Revision,
    Storyboard,
    User,
)
from storyboard.views.frozen import seller_of

_MOST_FACES = 6


@dataclass(frozen=True)
class Obstacle:
    """One line: what is wrong, what to do about it, and where on the page that is.

    `row` is the rule it breaks; several may break the same.
    """

    what: str
    why: str
    row: str = ""
    target: str = ""
    action: str = ""

    @classmethod
    def of(cls, board: Storyboard, problem: Problem, row: str = "") -> Obstacle:
        """The problem's first sentence says what, the rest what to do."""
        what, stop, why = problem.words.partition(". ")
        target = _target(board, problem)
        return cls(what + stop.strip(), why, row=row, target=target, action=problem.action)


@dataclass(frozen=True)
class Gate:
    """What stands between the draft and a review, the price of one take, and who may say yes."""

    obstacles: tuple[Obstacle, ...]
    met: tuple[str, ...]
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
    board: Storyboard, brief: Brief, *, by: User, latest: Revision | None, refused: str, takes: str,
    members: list[Membership],
) -> Gate:  # fmt: skip
    """The gate as this person sees it; `members` as `members_of` gives them."""
    account = board.project.ordering_account
    profile = account.dialect if account else OFFICIAL
    reading = account.rules if account else "map"
    rows = readiness.rows(brief, profile, reading)
    advice = readiness.advice(brief, profile, reading)
    obstacles = [Obstacle.of(board, problem, row.code) for row in rows for problem in row.problems]
    approvers = _approvers(board, by, members)
    return Gate(
        obstacles=(*_outside(account, latest), *obstacles),
        met=tuple(row.words for row in rows if row.met),
        advice=tuple(Obstacle.of(board, each) for each in advice),
        price=quote(brief),
        seller=seller_of(account),
        total_seconds=brief.total_seconds,
        approvers=approvers[:_MOST_FACES],
        approval=_approval(board, approvers),
        takes=takes,
        refused=refused,
        sum_seconds=brief.shots_seconds,
    )


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


def _target(board: Storyboard, problem: Problem) -> str:
    """The id of the control a problem is about: `shots[2].prompt` is shot 3's prompt."""
    name, _bracket, rest = problem.field.partition("[")
    if name == "shots" and rest:
        place, _dot, part = rest.partition("].")
        shots = list(board.shots.all())
        return f"shot-{shots[int(place)].key}-{part}"
    if name in ("elements", "voices", "first_frame", "shots"):
        return {"first_frame": "first-frame", "shots": "board"}.get(name, name)
    return f"set-{name}"


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
