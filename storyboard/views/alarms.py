"""What stops a team's orders, told on the pages of its projects: since when, that nothing is lost,
and who does what about it."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from storyboard.models import Account, Team
from storyboard.models.health import Standing, standing_of
from storyboard.models.room import storage_is_nearly_full
from storyboard.views.spans import clock, day, seconds_since

STILL_SECONDS = 60.0  # without anybody looking for work


class Alarm(NamedTuple):
    """One banner; `level` is bad where a person must act, warn where it goes on by itself."""

    level: str
    title: str
    words: str


def alarms_of(team: Team, account: Account | None) -> list[Alarm]:
    """What everybody is told; `account` is the one that pays for what the page is about.

    One query at most, and none where this process has just asked (`standing_of`).
    """
    standing = standing_of(team)
    found = [_still(standing), _account(account), _disk(), _films(standing)]
    return [alarm for alarm in found if alarm is not None]


def _still(standing: Standing) -> Alarm | None:
    at = standing.swept_at
    if not standing.is_under_way or (at is not None and seconds_since(at) <= STILL_SECONDS):
        return None
    title = _("Orders stand still since %(when)s") % {"when": clock(at)} if at else ""
    return Alarm(
        "bad",
        title or _("Orders stand still"),
        _(
            "No worker looks after them. Nothing is lost: they wait here and go on by themselves "
            "as soon as one runs. Whoever runs Greenlight starts it; owners see more under Health."
        ),
    )


def _account(account: Account | None) -> Alarm | None:
    if account is None or account.closed_at is not None:
        return None
    if account.tripped_at is not None:
        return Alarm(
            "bad",
            _("Kling refuses the account %(name)s since %(when)s")
            % {"name": account.name, "when": clock(account.tripped_at)},
            f"{account.tripped_words} "
            + _(
                "Nothing is lost: orders are held. An owner puts the account right, then the "
                "orders are released."
            ),
        )
    if account.unreachable_since is not None:
        return Alarm(
            "warn",
            _("Kling has not answered since %(when)s") % {"when": clock(account.unreachable_since)},
            _(
                "Nothing is lost. Orders wait here and go on by themselves when Kling answers "
                "again; it is asked twice a minute."
            ),
        )
    return None


def _disk() -> Alarm | None:
    if not storage_is_nearly_full():
        return None
    return Alarm(
        "warn",
        _("Ordering pauses: the disk is nearly full"),
        _(
            "Approved orders wait and nothing is lost; films that are made stay at Kling for 30 "
            "days. Whoever runs Greenlight makes room, and ordering goes on by itself."
        ),
    )


def _films(standing: Standing) -> Alarm | None:
    if not standing.late_films:
        return None
    title = ngettext(
        "%(n)s film has waited at Kling for longer than a day",
        "%(n)s films have waited at Kling for longer than a day",
        standing.late_films,
    )
    words = ngettext(
        "It is paid for and kept there until its link dies on %(day)s. Fetching is tried again "
        "until then; the order's page says what is in the way.",
        "They are paid for and kept there; the first link dies on %(day)s. Fetching is tried again "
        "until then; each order's page says what is in the way.",
        standing.late_films,
    )
    until = day(standing.dies_at) if standing.dies_at else _("the 30th day")
    return Alarm("warn", title % {"n": standing.late_films}, words % {"day": until})
