"""Who is here, and what they are writing: said again every few seconds, forgotten by itself.

Presence is no history: it appends no activity and moves no serial, so no open page wakes for it.
It locks nobody out; it only shows who is writing.
"""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from storyboard.models.teams import User

DIES_AFTER = timedelta(seconds=30)
# What `writing` holds besides the key of a shot: a note, wherever the page takes one.
NOTE = "note"
# Rows of the dead that one arrival takes away.
SWEPT = 100


class PresenceRows(models.QuerySet["Presence"]):
    def others_on(self, page: Presence.Page, key: str, *, but: User) -> PresenceRows:
        """Everybody else who has said within 30 s that they are on this page, first come first."""
        alive = self.filter(page=page, page_key=key, seen_at__gt=timezone.now() - DIES_AFTER)
        return alive.exclude(user=but).select_related("user").order_by("pk")


class Presence(models.Model):
    """One person on one page, however many windows they have it open in."""

    class Page(models.TextChoices):
        STORYBOARD = "storyboard", gettext_lazy("Storyboard")
        REVISION = "revision", gettext_lazy("Revision")
        TAKE = "take", gettext_lazy("Take")
        PROJECT = "project", gettext_lazy("Project")
        HISTORY = "history", gettext_lazy("History")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="presences"
    )
    page = models.CharField(max_length=10, choices=Page)
    page_key = models.CharField(max_length=22)
    writing = models.CharField(max_length=22, blank=True)
    seen_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = PresenceRows.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["page", "page_key", "user"], name="presence_per_person_and_page"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} on {self.page} {self.page_key}"

    @classmethod
    def say(cls, page: Presence.Page, key: str, *, by: User, writing: str = "") -> None:
        """`by` is on this page now; `writing` is the key of a shot, NOTE or empty.

        Said again it is one update. Whoever arrives takes away rows of those who are gone.
        """
        now = timezone.now()
        rows = Presence.objects
        mine = rows.filter(page=page, page_key=key, user=by)
        if mine.update(writing=writing, seen_at=now):
            return
        row = Presence(page=page, page_key=key, user=by, writing=writing, seen_at=now)
        # Two windows of one person may arrive at the same moment.
        rows.bulk_create([row], ignore_conflicts=True)
        dead = rows.filter(seen_at__lte=now - DIES_AFTER)
        # Said twice: a row that is renewed meanwhile lives.
        dead.filter(pk__in=dead.values("pk")[:SWEPT]).delete()

    @classmethod
    def leave(cls, page: Presence.Page, key: str, *, by: User) -> None:
        """`by` closed the page; another window of theirs says so again within 10 s."""
        cls.objects.filter(page=page, page_key=key, user=by).delete()
