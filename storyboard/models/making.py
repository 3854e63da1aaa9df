"""The six statuses of a creation, the moves between them, which rows wait, and what forbids one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.models.accounts import Account
from storyboard.models.activity import Activity
from storyboard.models.base import NotAllowedNow
from storyboard.models.projects import Project

if TYPE_CHECKING:
    from storyboard.models.creations import Creation
    from storyboard.models.elements import ElementVersion
    from storyboard.models.teams import User
    from storyboard.models.voices import Voice


class CreationStatus(models.TextChoices):
    QUEUED = "queued", gettext_lazy("Waiting")
    SENDING = "sending", gettext_lazy("Being sent")
    MAKING = "making", gettext_lazy("Being created")
    UNCERTAIN = "uncertain", gettext_lazy("Unclear")
    READY = "ready", gettext_lazy("Ready")
    FAILED = "failed", gettext_lazy("Failed")


S = CreationStatus
CREATION_MOVES: dict[str, frozenset[str]] = {
    S.QUEUED: frozenset({S.SENDING, S.FAILED}),
    S.SENDING: frozenset({S.QUEUED, S.MAKING, S.UNCERTAIN, S.FAILED}),
    S.UNCERTAIN: frozenset({S.QUEUED, S.MAKING, S.READY, S.FAILED}),
    S.MAKING: frozenset({S.READY, S.FAILED}),
    S.FAILED: frozenset({S.QUEUED, S.UNCERTAIN}),  # a person asks again
    S.READY: frozenset(),
}
COMING = (S.QUEUED, S.SENDING, S.UNCERTAIN, S.MAKING)


class CreationSet(models.QuerySet["Creation"]):
    def on(self, account: Account) -> CreationSet:
        return self.filter(account=account)

    def ready(self) -> CreationSet:
        return self.filter(status=S.READY)

    def coming(self) -> CreationSet:
        return self.filter(status__in=COMING)

    def due(self) -> CreationSet:
        """What a worker may claim now: waited long enough, held by nobody."""
        return self.coming()._at_hand()

    def let_go(self) -> CreationSet:
        """Of entries that are not in the library any more."""
        return self.filter(
            Q(version__element__removed_at__isnull=False) | Q(voice__removed_at__isnull=False)
        )

    def to_delete(self) -> CreationSet:
        """Ready at Kling, gone from the library, and in no order that is under way.

        A voice stays as long as an element is there that was made to speak with it.
        """
        used = Q(version__pins__revision__orders__generations__ended_at=None) & Q(
            version__pins__revision__orders__generations__isnull=False
        )
        spoken = Q(voice__pins__revision__orders__generations__ended_at=None) & Q(
            voice__pins__revision__orders__generations__isnull=False
        )
        rows = self.model._default_manager
        busy = rows.filter(used | spoken).values("pk")
        speaking = rows.filter(
            version__voice=OuterRef("voice"),
            account=OuterRef("account"),
            status=S.READY,
            gone_at=None,
        )
        there = self.ready().filter(gone_at=None)._at_hand()
        return there.exclude(pk__in=busy).exclude(Exists(speaking))

    def _at_hand(self) -> CreationSet:
        now = timezone.now()
        return self.filter(next_at__lte=now, claimed_until__lte=now).order_by("next_at")


def check_in_library(what: ElementVersion | Voice) -> None:
    """Raises NotAllowedNow for what was removed."""
    if what.is_removed:
        words = _("%(name)s is not in the library any more. Nothing was asked for.")
        raise NotAllowedNow(words % {"name": what}, "removed")


def check_may_ask(what: ElementVersion | Voice, account: Account) -> None:
    """Raises NotAllowedNow, in words, where nothing can be made."""
    check_in_library(what)
    told = {"name": what, "account": account}
    if what.is_known:
        words = _("%(name)s is known by its Kling id alone, so it cannot be created again. Write "
                  "the id it has on %(account)s, or add it anew.")  # fmt: skip
        raise NotAllowedNow(words % told, "known")
    if not account.dialect.has_library:
        words = _("%(account)s offers no elements and voices. Nothing was asked for. Choose an "
                  "account that does.")  # fmt: skip
        raise NotAllowedNow(words % told, "no_library")
    account.check_is_on()


def say(row: Creation, verb: str, by: User | None, **said: Any) -> None:
    """To the team, and to the projects with a draft that uses it: an open draft hears no other.

    The team's history is locked before the projects', as wherever both are.
    """
    what = row.what
    told = {
        "name": str(what), "account": row.account.name, "entry": what.entry_key,
        "kind": what.entry_kind, **said,
    }  # fmt: skip
    Activity.append(verb, by=by, team=what.team, **told)
    using = what.drafts.filter(archived_at=None).values("project")
    for project in Project.objects.filter(archived_at=None, pk__in=using).order_by("pk"):
        Activity.append(verb, by=by, project=project, **told)


def words_when_over(row: Creation) -> str:
    """Why nobody goes on waiting, and what to do."""
    if row.is_unanswered:
        return _("Kling did not say within an hour whether it took this. Try again: Kling is asked "
                 "for it before it is sent once more.")  # fmt: skip
    if row.status == S.MAKING:
        return _("Kling did not finish within an hour. What you gave is kept. Try again.")
    return _("This could not be sent within an hour. What you gave is kept. Try again.")
