"""Shots: the parts of a draft, each a prompt and its seconds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from storyboard.kling.brief import ShotBrief
from storyboard.models.activity import Activity
from storyboard.models.base import Keyed, NotAllowedNow
from storyboard.models.draft_state import MOST_SHOTS, Changes, cast_of
from storyboard.models.edits import Edit, recorded
from storyboard.models.library import Picture
from storyboard.models.rewriting import rewrite_fields
from storyboard.models.teams import User
from storyboard.models.tokens import by_key, tokens_in, unique

if TYPE_CHECKING:
    pass

STORED_PROMPT = 5000  # characters a draft keeps, though Kling takes fewer
# Kling reads it, so it is in no language but its own.
CONTINUES = "Continues from the previous shot"
_LEAD = re.compile(rf"{CONTINUES}(?: with [^.]*)?\. ?")


class Shot(Keyed):
    """One continuous run of camera: a prompt and a duration."""

    storyboard = models.ForeignKey("Storyboard", on_delete=models.CASCADE, related_name="shots")
    position = models.PositiveSmallIntegerField()
    prompt = models.TextField(max_length=STORED_PROMPT, blank=True)
    seconds = models.PositiveSmallIntegerField(default=1)
    # What people draw from; Kling gets it only where it is the first frame too.
    picture = models.ForeignKey(
        Picture, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ("position",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(position__gte=1, position__lte=MOST_SHOTS),
                name="shot_position_1_to_6",
            ),
            models.CheckConstraint(
                condition=models.Q(seconds__lte=99), name="shot_seconds_storable"
            ),
        ]

    def __str__(self) -> str:
        return f"Shot {self.position}"

    def brief(self) -> ShotBrief:
        return ShotBrief(
            key=self.key, position=self.position, prompt=self.prompt, seconds=self.seconds
        )

    @transaction.atomic
    def rewrite(
        self, changes: dict[str, Any], *, by: User, was: dict[str, str] | None = None
    ) -> list[str]:
        """Change prompt or seconds; raises Conflict when somebody else did meanwhile."""
        self.storyboard.locked()
        row = Shot.objects.select_related("changed_by").get(pk=self.pk)
        changed = rewrite_fields(row, changes, was or {}, by=by)
        if changed:
            Activity.append(
                "shot.rewritten",
                by=by,
                storyboard=self.storyboard,
                position=row.position,
                shot=row.key,
                fields=", ".join(changed),
                values={name: [before, changes[name]] for name, before in changed.items()},
            )
            Edit.keep(self.storyboard, self._changes(changed, changes), by=by)
        for name in ("position", "prompt", "seconds", "changed_at", "changed_by"):
            setattr(self, name, getattr(row, name))
        return list(changed)

    @transaction.atomic
    def continue_from_previous(self, *, by: User) -> None:
        """Begin the prompt with who and what the previous shot showed, by their tokens."""
        self.storyboard.locked()
        self.refresh_from_db()
        previous = self.storyboard.shots.filter(position=self.position - 1).first()
        if previous is None:
            words = _("The first shot has none before it. Nothing was changed.")
            raise NotAllowedNow(words, "shot.first")
        prompt = _continued(self.prompt, previous.prompt)
        if prompt == self.prompt:
            words = _("This shot continues from the previous one already. Nothing was changed.")
            raise NotAllowedNow(words, "shot.continues")
        if len(prompt) > STORED_PROMPT:
            words = _(
                "The prompt would pass %(most)s characters. Nothing was changed. Shorten it first."
            ) % {"most": f"{STORED_PROMPT:,}"}
            raise NotAllowedNow(words, "shot.too_long")
        self.rewrite({"prompt": prompt}, by=by)

    @transaction.atomic
    def set_picture(self, picture: Picture | None, *, by: User) -> None:
        """What people draw from, or nothing; Kling does not get it."""
        self.storyboard.locked()
        self.refresh_from_db()
        before, after = self.picture_id, picture.pk if picture else None
        if before == after:
            return
        self.picture = picture
        self.changed_at, self.changed_by = timezone.now(), by
        self.save(update_fields=["picture", "changed_at", "changed_by"])
        if picture is None:
            self._say("shot.picture_removed", by)
        else:
            self._say("shot.picture_set", by, size=str(picture), picture=picture.key)
        Edit.keep(self.storyboard, {f"shot.{self.key}.picture": [before, after]}, by=by)

    def duplicate(self, *, by: User) -> Shot:
        """The same shot again right after this one; a seventh is refused. The total stays."""
        with recorded(self.storyboard, by=by):
            shots = list(self.storyboard.shots.order_by("position"))
            check_room(len(shots))
            self.refresh_from_db()
            copy = Shot.objects.create(
                storyboard=self.storyboard,
                position=len(shots) + 1,
                prompt=self.prompt,
                seconds=self.seconds,
                picture=self.picture,
                changed_by=by,
            )
            shots.insert(self.position, copy)
            _renumber(shots)
            copy._say("shot.duplicated", by, before=self.position)
        return copy

    def move(self, to: int, *, by: User) -> None:
        """Put the shot at another position; the others close up."""
        with recorded(self.storyboard, by=by):
            self.refresh_from_db()
            shots = list(self.storyboard.shots.order_by("position"))
            before = self.position
            to = max(1, min(to, len(shots)))
            if to == before:
                return
            shots.insert(to - 1, shots.pop(before - 1))
            _renumber(shots)
            self.refresh_from_db()
            Activity.append(
                "shot.moved", by=by, storyboard=self.storyboard, shot=self.key,
                before=before, to=to,
            )  # fmt: skip

    def remove(self, *, by: User) -> None:
        """Take the shot out; its words stay in the history, and undo brings it back whole."""
        with recorded(self.storyboard, by=by):
            if self.storyboard.shots.count() == 1:
                raise NotAllowedNow(
                    _("A storyboard keeps at least one shot. Rewrite this one instead."),
                    "shots.last",
                )
            self.refresh_from_db()
            self._say("shot.removed", by, prompt=self.prompt, seconds=self.seconds)
            self.delete()
            _renumber(list(self.storyboard.shots.order_by("position")))

    def _changes(self, before: dict[str, Any], after: dict[str, Any]) -> Changes:
        """Rewritten fields as an edit keeps them: prompts with tokens by lasting keys."""
        changes = {f"shot.{self.key}.{name}": [old, after[name]] for name, old in before.items()}
        prompts = changes.get(f"shot.{self.key}.prompt", [])
        if any("<<<" in prompt for prompt in prompts):
            cast = cast_of(self.storyboard)
            prompts[:] = [by_key(prompt, cast) for prompt in prompts]
        return changes

    def _say(self, verb: str, by: User, **data: Any) -> None:
        Activity.append(
            verb, by=by, storyboard=self.storyboard, position=self.position, shot=self.key, **data
        )


def check_room(count: int) -> None:
    """NotAllowedNow where a storyboard holds as many shots as one may."""
    if count >= MOST_SHOTS:
        raise NotAllowedNow(
            _("A storyboard holds six shots at most. Put the seventh in another storyboard."),
            "shots.too_many",
        )


def _continued(prompt: str, previous: str) -> str:
    """The prompt, led by a sentence that names what only the previous one names."""
    lead = _LEAD.match(prompt)
    own = prompt[lead.end() :] if lead else prompt
    led = tokens_in(lead[0]) if lead else []
    cast = unique([*led, *(each for each in tokens_in(previous) if each not in tokens_in(own))])
    who = f" with {_joined(cast)}" if cast else ""
    return f"{CONTINUES}{who}. {own}".rstrip(" ")


def _joined(tokens: list[str]) -> str:
    *most, last = tokens
    return f"{', '.join(most)} and {last}" if most else last


def _renumber(shots: list[Shot]) -> None:
    for position, shot in enumerate(shots, start=1):
        if shot.position != position:
            shot.position = position
            shot.save(update_fields=["position"])
