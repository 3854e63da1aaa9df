"""An element made from pictures or from a video, and another version of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.forms.library import AccountField, NameField, TagsField, offer_accounts
from storyboard.media.pictures import MAX_BYTES, PictureRefused, clean_picture
from storyboard.models import Account, Element, ElementVersion, Picture, Team, Voice
from storyboard.models.entries import LONGEST_DESCRIPTION

SLOTS: dict[str, Promise] = {
    "frontal": gettext_lazy("From the front"),
    "other_1": gettext_lazy("Another side"),
    "other_2": gettext_lazy("Third, if any"),
    "other_3": gettext_lazy("Fourth, if any"),
}
NEEDED = ("frontal", "other_1")


class ElementForm(forms.Form):
    """The words of an element; `account` is where it is created first."""

    name = NameField()
    description = forms.CharField(
        label=gettext_lazy("Description"),
        max_length=LONGEST_DESCRIPTION,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "For Kling too: who or what it is, in up to 100 characters. Keeper, 70, navy cap."
        ),
        error_messages={
            "required": gettext_lazy("Write what it is; Kling asks for it."),
            "max_length": gettext_lazy(
                "A description has 100 characters at most; this one has %(show_value)d."
            ),
        },
    )
    tags = TagsField()
    voice = forms.ModelChoiceField(
        label=gettext_lazy("Voice"),
        queryset=Voice.objects.none(),
        to_field_name="key",
        required=False,
        empty_label=gettext_lazy("None"),
        help_text=gettext_lazy("It speaks with this voice in takes with sound."),
        error_messages={
            "invalid_choice": gettext_lazy("The library has no such voice. Choose another.")
        },
    )
    account = AccountField(
        required=False,
        help_text=gettext_lazy(
            "It is created there in the background, in about half a minute, and costs nothing. "
            "Other accounts can follow."
        ),
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        files: Any = None,
        *,
        team: Team,
        accounts: list[Account],
    ) -> None:
        super().__init__(data, files)
        self.fields["description"].widget.attrs.pop("maxlength", None)
        self._offer_voices(team)
        offer_accounts(self, accounts)

    @property
    def words(self) -> list[forms.BoundField]:
        """What is drawn below the pictures or the video."""
        return [self[name] for name in self.fields if name != "video"]

    def _offer_voices(self, team: Team) -> None:
        voices = team.voices.filter(removed_at=None).order_by("name", "pk")
        choice = self.fields["voice"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101
        choice.queryset = voices
        if not voices:
            del self.fields["voice"]


class ElementChangeForm(ElementForm):
    """The same of an element that is there; where it is created again is not asked."""

    def __init__(self, data: QueryDict | None = None, *, element: Element) -> None:
        super().__init__(data, team=element.team, accounts=[])
        latest: ElementVersion = element.latest
        if latest.is_named_only:  # Kling made it elsewhere: the words are ours alone
            self.fields["description"].required = False
            self.fields.pop("voice", None)
        self.initial = {
            "name": element.name,
            "description": element.description,
            "tags": element.tags,
            "voice": latest.voice.key if latest.voice else "",
        }


@dataclass
class Slot:
    """One picture of an element: what is chosen, and what is wrong with what came."""

    name: str
    picture: Picture | None = None
    errors: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        return str(SLOTS[self.name])

    @property
    def may_clear(self) -> bool:
        return self.name not in NEEDED


class Slots:
    """The four pictures of a form, each come as a file, by the key of one kept before, or not.

    A picture that came well is kept at once: where something else is wrong, nobody chooses it
    again. `errors` are about all of them together.
    """

    def __init__(self, pictures: Mapping[str, Picture]) -> None:
        self.slots = [Slot(name, pictures.get(name)) for name in SLOTS]
        self.errors: list[str] = []

    def read(
        self, data: QueryDict, files: MultiValueDict[str, UploadedFile], *, team: Team
    ) -> bool:
        """Take what was sent; whether it makes an element."""
        for slot in self.slots:
            _read(slot, data, files.get(slot.name), team)
        missing = [slot.title for slot in self.slots if slot.name in NEEDED and not slot.picture]
        if missing and not any(slot.errors for slot in self.slots):
            words = _("Choose a picture from the front and at least one other. Missing: %(which)s.")
            self.errors.append(words % {"which": ", ".join(missing)})
        return not self.errors and not any(slot.errors for slot in self.slots)

    @property
    def frontal(self) -> Picture:
        picture = self.slots[0].picture
        assert picture is not None  # noqa: S101  (read said yes)
        return picture

    @property
    def others(self) -> list[Picture]:
        return [slot.picture for slot in self.slots[1:] if slot.picture]


def _read(slot: Slot, data: QueryDict, file: UploadedFile | None, team: Team) -> None:
    if file is not None:
        slot.picture, slot.errors = _kept(file, team)
    elif data.get(f"{slot.name}_clear"):
        slot.picture = None
    elif key := data.get(f"{slot.name}_key", "").replace("\0", ""):
        slot.picture = team.pictures.filter(key=key).first()
        if slot.picture is None:
            slot.errors = [_("This picture is not in the library any more. Choose another.")]


def _kept(file: UploadedFile, team: Team) -> tuple[Picture | None, list[str]]:
    if (file.size or 0) > MAX_BYTES:
        words = _("The picture has more than %(most)s MB. Choose a smaller file.")
        return None, [words % {"most": MAX_BYTES // 1024 // 1024}]
    try:
        return Picture.keep(clean_picture(file.read()), team=team), []
    except PictureRefused as refused:
        return None, [refused.words]
