"""A storyboard's name, settings, first frame, library entries, and sending it for review."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.forms.drafts import DraftForm, SecondsField, WordsField
from storyboard.kling.capabilities import ASPECT_RATIOS, MODELS
from storyboard.media.pictures import MAX_BYTES, CleanPicture, PictureRefused, clean_picture
from storyboard.models import MOST_TAKES, Element, Shooting, Storyboard, Team, Voice

# A multipart body is its file and a little more: boundaries, the token, the file's name.
AROUND_A_FILE = 64 * 1024
MOST_NAME = 80

MODES: dict[str, str] = {}  # wire name → title; the current models, which come first, say it
for _model in MODELS.values():
    for _mode in _model.modes:
        MODES.setdefault(_mode.name, _mode.title)


def choice(choices: list[tuple[str, Any]]) -> forms.ChoiceField:
    """One of the listed values; another one is not stored."""
    words = gettext_lazy("Not saved: %(value)s is not in the list. What was there before stays.")
    empty = gettext_lazy("Not saved: nothing was chosen. What was there before stays.")
    return forms.ChoiceField(
        choices=choices, error_messages={"invalid_choice": words, "required": empty}
    )


class SettingsForm(DraftForm):
    """The settings a draft can store, also those its model cannot do."""

    model = choice([(model.name, model.title) for model in MODELS.values()])
    mode = choice(list(MODES.items()))
    aspect_ratio = choice([(ratio, ratio) for ratio in ASPECT_RATIOS])
    sound = forms.BooleanField(required=False)
    shooting = choice(list(Shooting.choices))
    total_seconds = SecondsField()
    watermark = forms.BooleanField(required=False)
    negative_prompt = WordsField()


class NameForm(forms.Form):
    """A storyboard's name."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=MOST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Write a name."),
            "max_length": gettext_lazy("A name has up to 80 characters. Shorten it."),
        },
    )

    @classmethod
    def of(cls, board: Storyboard) -> NameForm:
        return cls(initial={"name": board.name})


class FirstFrameForm(forms.Form):
    """One picture, judged and rewritten; `cleaned_data["first_frame"]` is a CleanPicture.

    `declared` is the size of the whole body as the browser said it: a file much shorter than
    that was cut on its way.
    """

    first_frame = forms.FileField(
        error_messages={
            "required": gettext_lazy("Choose a picture first: JPEG, PNG or WebP."),
            "empty": gettext_lazy("The file is empty. Choose a JPEG, PNG or WebP picture."),
            "missing": gettext_lazy("Choose a picture first: JPEG, PNG or WebP."),
            "invalid": gettext_lazy("Choose a picture first: JPEG, PNG or WebP."),
        }
    )

    def __init__(self, data: QueryDict, files: Any, *, declared: int) -> None:
        super().__init__(data, files)
        self.declared = declared

    def clean_first_frame(self) -> CleanPicture:
        file: UploadedFile = self.cleaned_data["first_frame"]
        if self.declared - (file.size or 0) > AROUND_A_FILE:
            raise forms.ValidationError(_("The picture arrived cut short. Choose it again."))
        try:
            return clean_picture(file.read())
        except PictureRefused as refused:
            raise forms.ValidationError(refused.words) from refused


def declared_bytes(request: HttpRequest) -> int:
    """The size of the body as the browser declared it; -1 when it did not."""
    declared = request.META.get("CONTENT_LENGTH") or ""
    return int(declared) if declared.isdecimal() else -1


def body_refused(request: HttpRequest) -> str:
    """Words against a body that is too large, or says no size, before any of it is read."""
    declared = declared_bytes(request)
    if declared < 0:
        return _("The upload did not say how large it is, so it was not read. Choose it again.")
    if declared > MAX_BYTES + AROUND_A_FILE:
        return _(
            "The picture has %(size)s MB; at most %(most)s MB can be used. "
            "The first frame stays as it was. Choose a smaller file."
        ) % {"size": f"{declared / 1024 / 1024:.1f}", "most": MAX_BYTES // 1024 // 1024}
    return ""


class AttachForm(forms.Form):
    """An entry of the team's library to be put on the storyboard (`on=1`) or taken off (`on=0`).

    `cleaned_data["entry"]` is the Element or Voice.
    """

    kind = forms.ChoiceField(choices=[("element", "element"), ("voice", "voice")])
    key = forms.CharField(max_length=22)
    on = forms.ChoiceField(choices=[("1", "on"), ("0", "off")])

    def __init__(self, data: QueryDict, *, team: Team) -> None:
        super().__init__(data)
        self.team = team

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        noun: type[Element | Voice] = Voice if found.get("kind") == "voice" else Element
        own = noun._default_manager.filter(team=self.team, removed_at=None)
        found["entry"] = own.filter(key=found.get("key", "")).first()
        if found["entry"] is None:
            raise forms.ValidationError(_("The library has no such entry."))
        return found


class SendForm(forms.Form):
    """How many takes may be ordered at most; one when nothing is said."""

    takes = forms.IntegerField(
        min_value=1,
        max_value=MOST_TAKES,
        required=False,
        error_messages={
            name: gettext_lazy("Not sent: takes are a whole number from 1 to 4.")
            for name in ("invalid", "min_value", "max_value")
        },
    )

    def most_takes(self) -> int:
        return self.cleaned_data["takes"] or 1
