"""What a person writes about a take."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.forms.drawings import DrawingField
from storyboard.forms.note_files import NoteFilesField
from storyboard.models import NotAllowedNow, Note, NoteKind, Take, User
from storyboard.models.note_files import attached

LONGEST_MS = 24 * 3600 * 1000
_EMPTY = gettext_lazy("A note needs words. Nothing was added.")


def _second(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=0,
        max_value=LONGEST_MS // 1000,
        decimal_places=3,
        widget=forms.NumberInput(attrs={"step": "0.1", "inputmode": "decimal"}),
    )


class WordsForm(forms.Form):
    """Words of a note or a reply, with files; refused words stay in their field."""

    text = forms.CharField(
        label=gettext_lazy("Note"),
        error_messages={"required": _EMPTY},
        widget=forms.Textarea(attrs={"rows": 1}),
    )

    def __init__(self, data: Any = None, files: Any = None, **more: Any) -> None:
        super().__init__(data, files, **more)
        self.fields["files"] = NoteFilesField(label=gettext_lazy("Files"))

    def reply_to(self, note: Note, *, by: User) -> Note | None:
        """The reply; None where it is refused, which the form then says."""
        try:
            with attached(self.uploads) as kept:
                return note.reply(self.cleaned_data["text"], by=by, files=kept)
        except NotAllowedNow as refused:
            self.add_error(None, refused.words)
        return None

    def edit(self, note: Note, *, by: User) -> bool:
        """Whether the words became the note's."""
        try:
            note.edit(self.cleaned_data["text"], by=by)
        except NotAllowedNow as refused:
            self.add_error(None, refused.words)
            return False
        return True

    @property
    def uploads(self) -> Sequence[UploadedFile]:
        found: list[UploadedFile] = self.cleaned_data["files"]
        return found


class EditForm(WordsForm):
    """Other words for what was written; of a note with a drawing they may go."""

    text = forms.CharField(required=False)


class NoteForm(WordsForm):
    """Words about a moment, a range, a shot or the whole take, with a drawing or files.

    `at_ms` and `end_ms` come from the player, or where no script runs as seconds. A shot is the
    one at that moment; `end_ms` is where the frame after the last one begins.
    """

    text = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 1}),
    )
    about = forms.ChoiceField(
        label=gettext_lazy("What the note is about"), choices=NoteKind, required=False
    )
    at_ms = forms.IntegerField(
        required=False, min_value=0, max_value=LONGEST_MS, widget=forms.HiddenInput
    )
    end_ms = forms.IntegerField(
        required=False, min_value=0, max_value=LONGEST_MS, widget=forms.HiddenInput
    )
    at_second = _second(gettext_lazy("At second"))
    end_second = _second(gettext_lazy("To second"))
    is_for_client = forms.BooleanField(label=gettext_lazy("Visible to client"), required=False)
    drawing = DrawingField()

    def __init__(self, data: Any = None, files: Any = None, *, take: Take, **more: Any) -> None:
        super().__init__(data, files, **more)
        self.take = take

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.take.stored_at is None:
            words = _("Take %(n)s is not stored yet. Nothing was added. Note on it when it plays.")
            raise forms.ValidationError(words % {"n": self.take.number})
        if cleaned.get("about") == NoteKind.RANGE and self._moment("end") is None:
            words = _("A range needs an end. Nothing was added. Set it, or note on the one frame.")
            raise forms.ValidationError(words)
        return cleaned

    def save(self, *, by: User) -> Note | None:
        """Leave the note; a moment past the end is the end. None where it is refused."""
        try:
            with attached(self.uploads) as kept:
                return Note.add(
                    self.take,
                    self.cleaned_data["text"],
                    by=by,
                    drawing=self.cleaned_data["drawing"],
                    is_for_client=self.cleaned_data["is_for_client"],
                    files=kept,
                    **self._place(),
                )
        except NotAllowedNow as refused:
            self.add_error(None, refused.words)
        return None

    def _place(self) -> dict[str, Any]:
        """What the note is about, as `Note.add` takes it."""
        at_ms, end_ms = self._moment("at") or 0, self._moment("end")
        about = self.cleaned_data["about"] or (NoteKind.RANGE if end_ms else NoteKind.MOMENT)
        if about == NoteKind.GENERAL:
            return {}
        if about == NoteKind.SHOT:
            return {"shot_key": self.take.shot_at(self.take.at_frame(at_ms)).shot_key}
        return {"at_ms": at_ms, "end_ms": end_ms if about == NoteKind.RANGE else None}

    def _moment(self, which: str) -> int | None:
        """Milliseconds of the player, else of the seconds; None where neither was said."""
        at_ms: int | None = self.cleaned_data.get(f"{which}_ms")
        second: Decimal | None = self.cleaned_data.get(f"{which}_second")
        if at_ms is not None or second is None:
            return at_ms
        return int(second * 1000)
