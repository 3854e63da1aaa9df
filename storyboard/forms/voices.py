"""A voice made from a sound: a recording judged in a process of its own, or one of our takes."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.forms.library import AccountField, NameField, TagsField, offer_accounts
from storyboard.forms.pictures import AROUND_A_FILE, declared_bytes
from storyboard.media.films import FilmRefused
from storyboard.media.sandbox import clean_recording
from storyboard.media.voices import MAX_BYTES, CleanRecording, too_many_bytes
from storyboard.models import Account, KeptFile, Take, Team
from storyboard.models.files import parts_folder

_CHOOSE = gettext_lazy("Record the voice or choose a file first.")


class VoiceForm(forms.Form):
    """The words of a voice; `account` is where it is created first."""

    name = NameField()
    tags = TagsField()
    account = AccountField(
        required=False,
        help_text=gettext_lazy(
            "It is created there in the background, in some seconds, and costs 0.05 units. Other "
            "accounts can follow."
        ),
    )

    def __init__(
        self, data: QueryDict | None = None, files: Any = None, *, accounts: list[Account]
    ) -> None:
        super().__init__(data, files)
        offer_accounts(self, accounts)

    @property
    def words(self) -> list[forms.BoundField]:
        """What is drawn below the sound."""
        return [self[name] for name in ("name", "tags", "account") if name in self.fields]


class RecordingForm(VoiceForm):
    """From 5 to 30 s of one person speaking; `declared` is the size of the body as it was told.

    The words are judged first: a recording is looked at only where nothing else is wrong. `keep`
    stores what was judged; it is to be called once, after is_valid said yes.
    """

    recording = forms.FileField(
        label=gettext_lazy("Sound"),
        # Browsers call a film that has sound alone either way.
        widget=forms.FileInput(attrs={"accept": "audio/*,video/mp4,video/quicktime,video/webm"}),
        help_text=gettext_lazy(
            "5 to 30 seconds of one person speaking, without music: MP3, WAV, M4A, MP4, MOV, WebM "
            "or Ogg, up to 20 MB."
        ),
        error_messages={
            "required": _CHOOSE,
            "missing": _CHOOSE,
            "invalid": _CHOOSE,
            "empty": gettext_lazy("The file is empty. Record the voice or choose another file."),
        },
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        files: Any = None,
        *,
        accounts: list[Account],
        declared: int = 0,
    ) -> None:
        super().__init__(data, files, accounts=accounts)
        self.declared = declared
        self._clean: CleanRecording | None = None

    def clean_recording(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["recording"]
        if self.declared - (file.size or 0) > AROUND_A_FILE:
            raise forms.ValidationError(_("The recording arrived cut short. Send it again."))
        return file

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            self._judge(said["recording"])
        return said

    def keep(self) -> tuple[KeptFile, bytes]:
        """The recording in the storage, and how loud it is. Raises NotAllowedNow."""
        assert self._clean is not None  # noqa: S101  (is_valid said yes)
        found = self._clean
        try:
            kept = KeptFile.keep(
                found.path, folder="voices", seconds=found.seconds, sha256=found.sha256
            )
        finally:
            found.path.unlink(missing_ok=True)
        return kept, found.peaks

    def _judge(self, file: UploadedFile) -> None:
        came = parts_folder() / f"{secrets.token_hex(8)}.part"
        plain = came.with_suffix(".wav")
        try:
            _write(file, came)
            self._clean = clean_recording(came, plain)
        except FilmRefused as refused:
            plain.unlink(missing_ok=True)
            self.add_error("recording", refused.words)
        except OSError:
            plain.unlink(missing_ok=True)
            words = _("The recording cannot be stored: our disk is full or does not answer. "
                      "Nothing was added. Send it again later.")  # fmt: skip
            self.add_error("recording", words)
        finally:
            came.unlink(missing_ok=True)


class TakeVoiceForm(VoiceForm):
    """From one of the team's takes in which somebody speaks."""

    take = forms.ModelChoiceField(
        queryset=Take.objects.none(),
        to_field_name="key",
        error_messages={
            "required": gettext_lazy("Choose a take first."),
            "invalid_choice": gettext_lazy(
                "No voice can be made from this take, or it is gone. Choose another."
            ),
        },
    )

    def __init__(
        self, data: QueryDict | None = None, *, team: Team, accounts: list[Account]
    ) -> None:
        super().__init__(data, accounts=accounts)
        choice = self.fields["take"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101
        choice.queryset = Take.objects.that_speak().filter(storyboard__project__team=team)


def recording_refused(request: HttpRequest) -> str:
    """Words against a body that is too large, or says no size, before any of it is read."""
    declared = declared_bytes(request)
    if declared < 0:
        return _("The upload did not say how large it is, so it was not read. Send it again.")
    return too_many_bytes(declared) if declared > MAX_BYTES + AROUND_A_FILE else ""


def _write(file: UploadedFile, target: Path) -> None:
    with target.open("xb") as out:
        for chunk in file.chunks():
            out.write(chunk)
