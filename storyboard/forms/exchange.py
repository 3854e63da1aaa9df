"""Files that are brought in, and a copy of a storyboard."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from django import forms
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.forms.create_bodies import read_create_body
from storyboard.forms.create_masks import FoundBrush
from storyboard.forms.pictures import AROUND_A_FILE, declared_bytes
from storyboard.forms.shot_lists import read_shot_list
from storyboard.forms.storyboards import MOST_NAME, NameForm
from storyboard.kling.profiles import OFFICIAL
from storyboard.media.pictures import CleanPicture
from storyboard.models import NotAllowedNow, Project, Shooting, Storyboard, Team
from storyboard.models.bringing_in import Incoming

MOST_BYTES = 32 * 1024 * 1024  # of a whole upload: two pictures in base64 and their words
_KEPT_FOR = 24 * 3600  # seconds a preview can be confirmed
_CHOOSE = gettext_lazy("Choose a file first: a create body in JSON, or a shot list in CSV.")


@dataclass(frozen=True)
class Read:
    """What a file holds; `incoming` is None exactly where there are errors.

    `pictures` are frames that are not kept yet, by their names in Incoming, `brush` is a motion
    brush that is not, None where the file says nothing of one. `title` is the file's
    name without its ending.
    """

    title: str
    incoming: Incoming | None
    errors: tuple[str, ...]
    left_out: tuple[str, ...]
    pictures: dict[str, CleanPicture] = field(default_factory=dict)
    brush: FoundBrush | None = None


class FileForm(forms.Form):
    """One file. Whether it is JSON or CSV is told by what it begins with."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "JSON: a create body of Kling's, with or without pictures, up to 32 MB. CSV: a shot "
            "list with the columns seconds and prompt, up to 1 MB."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,.csv,application/json,text/csv"}),
        error_messages={
            "required": _CHOOSE,
            "missing": _CHOOSE,
            "invalid": _CHOOSE,
            "empty": gettext_lazy("The file is empty. Choose another."),
            "max_length": gettext_lazy("The file's name is too long. Shorten it."),
        },
    )

    def __init__(
        self, data: QueryDict | None = None, files: Any = None, *, declared: int = 0
    ) -> None:
        super().__init__(data, files)
        self.declared = declared

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if self.declared - (file.size or 0) > AROUND_A_FILE:
            raise forms.ValidationError(_("The file arrived cut short. Choose it again."))
        return file

    def read(self, project: Project) -> Read:
        """What a valid form's file asks a draft of this project to hold."""
        file: UploadedFile = self.cleaned_data["file"]
        title = PurePath(file.name or "").stem[:MOST_NAME].replace("\0", "").strip()
        data = file.read()
        if _is_json(data):
            return _read_body(data, title, project)
        return _read_list(data, title)


def upload_refused(request: HttpRequest) -> str:
    """Words against a body that is too large, or says no size, before any of it is read."""
    declared = declared_bytes(request)
    if declared < 0:
        return _("The upload did not say how large it is, so it was not read. Choose it again.")
    if declared > MOST_BYTES:
        return _("The upload has %(size)s MB; at most %(most)s MB can be read.") % {
            "size": f"{declared / 1024 / 1024:.1f}",
            "most": MOST_BYTES // 1024 // 1024,
        }
    return ""


def seal(incoming: Incoming, *, was: str, salt: str) -> str:
    """A preview as text that nobody but us can write, to be confirmed within a day."""
    packed = {"incoming": incoming.packed(), "was": was}
    return signing.dumps(packed, salt=salt, compress=True)


def unseal(sealed: str, *, salt: str, team: Team) -> tuple[Incoming, str]:
    """What was sealed, and the mark of the draft then. Raises NotAllowedNow with words."""
    try:
        packed = signing.loads(sealed, salt=salt, max_age=_KEPT_FOR)
    except signing.BadSignature as broken:
        words = _("This preview is too old or not yours. Nothing was brought in. Choose the file "
                  "again.")  # fmt: skip
        raise NotAllowedNow(words, "preview") from broken
    return Incoming.unpacked(packed["incoming"], team=team), packed["was"]


class CopyForm(NameForm):
    """A copy's name and the project it goes to, one of the same team."""

    project = forms.ModelChoiceField(
        label=gettext_lazy("Project"),
        queryset=Project.objects.none(),
        to_field_name="key",
        empty_label=None,
        error_messages={
            "required": gettext_lazy("Choose a project."),
            "invalid_choice": gettext_lazy("The team has no such project. Choose another."),
        },
    )
    field_order = ("name", "project")

    def __init__(self, data: QueryDict | None, *, board: Storyboard) -> None:
        words = _("%(name)s, copy") % {"name": board.name[: MOST_NAME - 20]}
        super().__init__(data, initial={"name": words, "project": board.project.key})
        choice = self.fields["project"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101
        team = board.project.team_id
        choice.queryset = Project.objects.filter(team=team, archived_at=None).order_by("name", "pk")


def _is_json(data: bytes) -> bool:
    return data[:512].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def _read_body(data: bytes, title: str, project: Project) -> Read:
    account = project.ordering_account
    profile = account.dialect if account else OFFICIAL
    found = read_create_body(data, team=project.team, profile=profile)
    told = (tuple(found.errors), tuple(found.left_out))
    return Read(title, found.incoming, *told, found.pictures, found.brush)


def _read_list(data: bytes, title: str) -> Read:
    """A list gives the shots; the total becomes their sum, for a list has no other."""
    found = read_shot_list(data)
    if found.errors:
        return Read(title, None, tuple(found.errors), tuple(found.left_out))
    settings: dict[str, Any] = {"total_seconds": sum(seconds for _prompt, seconds in found.shots)}
    if len(found.shots) > 1:
        settings["shooting"] = Shooting.CUSTOM.value
    return Read(title, Incoming(tuple(found.shots), settings), (), tuple(found.left_out))
