"""Notes: what people say about a take, at a moment, over a range, of a shot or in general."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from storyboard.media.drawings import DrawingRefused, clean_drawing
from storyboard.media.timecode import timecode
from storyboard.models.activity import Activity
from storyboard.models.anchors import NoteKind, anchor_on
from storyboard.models.base import Keyed, NotAllowedNow
from storyboard.models.mentions import NoteMention
from storyboard.models.note_files import Attached, NoteFile
from storyboard.models.note_sets import NoteSet
from storyboard.models.note_wordings import NoteWording
from storyboard.models.takes import Take
from storyboard.models.teams import User

MOST_CHARACTERS = 4000
MOST_NOTES = 2000  # of one take, replies not counted
MOST_REPLIES = 200  # of one note
QUOTED = 200  # characters of a note in the history

Drawing = Sequence[dict[str, Any]]


class Note(Keyed):
    """One person's words about a take, or in reply to such a note.

    It keeps its shot's lasting key. A reply stands with its `parent`, one level deep, and has no
    place of its own. `drawing` is a list of shapes on the frame (media/drawings.py). Of a removed
    note that has replies the place stays, without its words.
    """

    Kind = NoteKind

    take = models.ForeignKey(Take, on_delete=models.CASCADE, related_name="notes")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="replies")
    kind = models.CharField(max_length=8, choices=NoteKind, default=NoteKind.MOMENT)
    shot_key = models.CharField(max_length=22, blank=True)
    at_ms = models.PositiveIntegerField()
    end_ms = models.PositiveIntegerField(null=True, blank=True)
    words = models.TextField(max_length=MOST_CHARACTERS, blank=True)
    drawing = models.JSONField(default=list, blank=True)
    is_for_client = models.BooleanField(default=False)  # else for the team alone
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    # The take on whose page it was resolved, where that is known: a later one, when carried over.
    resolved_on = models.ForeignKey(Take, null=True, on_delete=models.SET_NULL, related_name="+")
    # Since when it stands among the changes to make in the draft.
    wanted_at = models.DateTimeField(null=True, blank=True)
    wanted_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by_name = models.CharField(max_length=80, blank=True, default="")

    objects = NoteSet.as_manager()

    class Meta:
        ordering = ("at_ms", "pk")
        indexes: ClassVar = [models.Index(fields=["take", "at_ms"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=[value for value, _label in NoteKind.choices]),
                name="note_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(kind="range", end_ms__isnull=False, end_ms__gt=models.F("at_ms"))
                | (~Q(kind="range") & Q(end_ms=None)),
                name="note_end_of_a_range",
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | Q(kind="general", at_ms=0, shot_key=""),
                name="note_reply_without_place",
            ),
        ]

    def __str__(self) -> str:
        return self.words[:40]

    @classmethod
    @transaction.atomic
    def add(
        cls,
        take: Take,
        words: str,
        *,
        by: User,
        at_ms: int | None = None,
        end_ms: int | None = None,
        shot_key: str = "",
        drawing: Drawing = (),
        is_for_client: bool = False,
        files: Sequence[Attached] = (),
    ) -> Note:
        """Leave words at a moment, over a range, of a shot, or with none of these in general.

        Moments move to the starts of their frames (see `anchor_on`). Words may be missing only
        where there is a drawing. Raises NotAllowedNow.
        """
        take.storyboard.check_not_archived()
        place = anchor_on(take, at_ms=at_ms, end_ms=end_ms, shot_key=shot_key)
        note = cls(
            take=take,
            kind=place.kind,
            at_ms=place.at_ms,
            end_ms=place.end_ms,
            shot_key=place.shot_key,
            words=_checked(words, _("Nothing was added."), drawing),
            drawing=_on_a_frame(drawing, place.kind),
            is_for_client=is_for_client,
            by=by,
            by_name=str(by),
        )
        _keep_room_on(take)
        note._enter("note.added", by, files, position=place.position)
        return note

    @transaction.atomic
    def reply(self, words: str, *, by: User, files: Sequence[Attached] = ()) -> Note:
        """Answer a note, to be seen by whom that is seen. Raises NotAllowedNow."""
        root = self._whole(_("Nothing was added."))
        reply = Note(
            take=self.take,
            parent=self,
            kind=NoteKind.GENERAL,
            at_ms=0,
            words=_checked(words, _("Nothing was added.")),
            is_for_client=root.is_for_client,
            by=by,
            by_name=str(by),
        )
        self._keep_room()
        reply._enter("note.replied", by, files)
        return reply

    @transaction.atomic
    def edit(self, words: str, *, by: User) -> None:
        """Say it differently; only whose words they are may. The old ones are kept."""
        kept = _("Nothing was changed.")
        row = self._standing(kept)
        if row.by_id != by.pk:
            own = _("Only %(who)s can change these words. Nothing was changed. Write a reply.")
            raise NotAllowedNow(own % {"who": row.by_name}, "note.not_yours")
        before, after = row.words, _checked(words, kept, row.drawing)
        if before == after:
            return
        NoteWording.keep(row)
        self.words, self.edited_at = after, timezone.now()
        self.save(update_fields=["words", "edited_at"])
        NoteMention.renew(self, by=by)
        self._say("note.edited", by, words=after[:QUOTED], before=before[:QUOTED] or "…")

    @transaction.atomic
    def resolve(self, *, by: User, on: Take | None = None) -> None:
        """Nothing is left to do; `on` is the take on whose page that was said."""
        if self._whole(_("Nothing was changed.")).resolved_at is None:
            self._settle(timezone.now(), by, on)
            self._say("note.resolved", by)

    @transaction.atomic
    def reopen(self, *, by: User) -> None:
        if self._whole(_("Nothing was changed.")).resolved_at is not None:
            self._settle(None, None, None)
            self._say("note.reopened", by)

    @transaction.atomic
    def show_to_client(self, *, by: User) -> None:
        """Let the client see it, with its replies; showing twice is showing once.

        Whether it is theirs to show is asked in access.may_tend, as for all that follows.
        """
        if not self._whole(_("Nothing was changed.")).is_for_client:
            self._turn(to_client=True)
            self._say("note.shown", by)

    @transaction.atomic
    def hide_from_client(self, *, by: User) -> None:
        """For the team alone again, with its replies.

        Neither that it was removed meanwhile nor an archived storyboard stands in the way.
        """
        self._check_root(_("Nothing was changed."))
        row = self._locked()
        if row is not None and row.is_for_client:
            self._turn(to_client=False)
            self._say("note.hidden", by)

    @transaction.atomic
    def want(self, *, by: User) -> None:
        """Put it among the changes to make in the draft; wanting twice is wanting once."""
        row = self._standing(_("Nothing was changed."))
        if not row.is_root:
            words = _("A reply is no change to make. Nothing was changed. Take the note above it.")
            raise NotAllowedNow(words, "note.is_reply")
        if row.wanted_at is None:
            self._wish(timezone.now(), by)
            self._say("note.wanted", by)

    @transaction.atomic
    def unwant(self, *, by: User) -> None:
        """No change to make any more; the note stays."""
        if self._standing(_("Nothing was changed.")).wanted_at is not None:
            self._wish(None, None)
            self._say("note.unwanted", by)

    @transaction.atomic
    def remove(self, *, by: User) -> None:
        """The words go with all they carry; of a note with replies the place stays.

        Whether it is theirs to remove is asked in access.may_tend. Also of an archived storyboard.
        """
        thread = Note.objects.select_for_update(no_key=True)
        root = thread.filter(pk=self.parent_id or self.pk).first()
        row = root if root is None or self.is_root else thread.filter(pk=self.pk).first()
        if root is None or row is None or row.removed_at is not None:
            return
        NoteFile.drop_of(row)
        self._say("note.removed", by, who=self.by_name)
        if row.replies.exists():
            self._empty(by)
            return
        row.delete()
        if root.removed_at is not None and not root.replies.exists():
            root.delete()

    @property
    def is_root(self) -> bool:
        return self.parent_id is None

    @property
    def is_open(self) -> bool:
        return self.is_root and self.resolved_at is None and self.removed_at is None

    @property
    def timecode(self) -> str:
        """Where it begins."""
        return timecode(self.at_ms, self.take.rate_num, self.take.rate_den)

    @property
    def until(self) -> str:
        """The last frame of a range, as a timecode; "" of everything else."""
        if self.end_ms is None:
            return ""
        last = self.take.start_of(self.take.last_before(self.end_ms))
        return timecode(last, self.take.rate_num, self.take.rate_den)

    def _enter(self, verb: str, by: User, files: Sequence[Attached], **data: Any) -> None:
        self.save()
        NoteFile.put_on(self, files)
        NoteMention.renew(self, by=by)
        self._say(verb, by, words=self.words[:QUOTED], **data)

    def _settle(self, at: Any, by: User | None, on: Take | None) -> None:
        self.resolved_at, self.resolved_by, self.resolved_on = at, by, on
        self.save(update_fields=["resolved_at", "resolved_by", "resolved_on"])

    def _wish(self, at: Any, by: User | None) -> None:
        self.wanted_at, self.wanted_by = at, by
        self.save(update_fields=["wanted_at", "wanted_by"])

    def _empty(self, by: User) -> None:
        self.wordings.all().delete()
        self.mentions.all().delete()
        self.words, self.drawing = "", []
        self.removed_at, self.removed_by_name = timezone.now(), str(by)
        self.save(update_fields=["words", "drawing", "removed_at", "removed_by_name"])
        self._wish(None, None)

    def _turn(self, *, to_client: bool) -> None:
        Note.objects.filter(Q(pk=self.pk) | Q(parent=self.pk)).update(is_for_client=to_client)
        self.is_for_client = to_client

    def _locked(self) -> Note | None:
        """This row under its lock, as it stands in the database."""
        return Note.objects.select_for_update(no_key=True).filter(pk=self.pk).first()

    def _standing(self, kept: str) -> Note:
        """The same; refused where it was removed and where its storyboard is archived."""
        self.take.storyboard.check_not_archived()
        row = self._locked()
        if row is None or row.removed_at is not None:
            words = _("This note was removed meanwhile. %(kept)s")
            raise NotAllowedNow(words % {"kept": kept}, "note.removed")
        return row

    def _whole(self, kept: str) -> Note:
        """The same for what is done to a note with its replies, and to none of these alone."""
        self._check_root(kept)
        return self._standing(kept)

    def _check_root(self, kept: str) -> None:
        if not self.is_root:
            words = _("This is a reply. %(kept)s Use the note above it.")
            raise NotAllowedNow(words % {"kept": kept}, "note.is_reply")

    def _keep_room(self) -> None:
        """Refuse one reply too many, under the note's lock."""
        if self.replies.count() >= MOST_REPLIES:
            words = _("This note has %(n)s replies, which is the most. Nothing was added. Leave a "
                      "note of its own.") % {"n": MOST_REPLIES}  # fmt: skip
            raise NotAllowedNow(words, "note.full")

    def _say(self, verb: str, by: User, **data: Any) -> None:
        root = self.parent or self
        Activity.append(
            verb,
            by=by,
            storyboard=self.take.storyboard,
            take=self.take.number,
            take_key=self.take.key,
            note_key=self.key,
            thread_key=root.key,
            kind=root.kind,
            timecode=root.timecode,
            until=root.until,
            **data,
        )


def _checked(words: str, kept: str, drawing: Drawing = ()) -> str:
    """The words without the space around them; refused they say what is kept."""
    words = words.strip()
    if not words and not drawing:
        raise NotAllowedNow(_("A note needs words. %(kept)s") % {"kept": kept}, "note.empty")
    if len(words) > MOST_CHARACTERS:
        told = {"most": MOST_CHARACTERS, "n": len(words), "kept": kept}
        refused = _("A note has at most %(most)s characters, this one %(n)s. %(kept)s Make it "
                    "shorter.")  # fmt: skip
        raise NotAllowedNow(refused % told, "note.long")
    return words


def _on_a_frame(drawing: Drawing, kind: str) -> list[dict[str, Any]]:
    """The drawing as it is stored; it needs a frame to be on."""
    if drawing and kind not in (NoteKind.MOMENT, NoteKind.RANGE):
        words = _("A drawing stands on a frame. Nothing was added. Choose a moment or a range.")
        raise NotAllowedNow(words, "note.drawing")
    try:
        return clean_drawing(list(drawing))
    except DrawingRefused as refused:
        words = _("%(why)s Nothing was added.")
        raise NotAllowedNow(words % {"why": refused.words}, "note.drawing") from refused


def _keep_room_on(take: Take) -> None:
    """Refuse one note too many, under the take's lock."""
    row = Take.objects.select_for_update(no_key=True).only("pk").get(pk=take.pk)
    if row.notes.filter(parent=None).count() >= MOST_NOTES:
        words = _("Take %(take)s has %(n)s notes, which is the most. Nothing was added. Remove "
                  "some, or reply to one.")  # fmt: skip
        raise NotAllowedNow(words % {"take": take.number, "n": MOST_NOTES}, "note.full")
