"""Elements of the library, and their versions: a changed element is a new version."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.models.accounts import Account
from storyboard.models.base import Keyed, NotAllowedNow
from storyboard.models.creations import Creation
from storyboard.models.entries import (
    Entry,
    EntrySet,
    KeptFile,
    check_description,
    clean_name,
    clean_tags,
)
from storyboard.models.library import Picture
from storyboard.models.teams import Team, User
from storyboard.models.voices import Voice

if TYPE_CHECKING:
    from storyboard.models.storyboards import Storyboard

MOST_OTHER_PICTURES = 3


class ElementKind(models.TextChoices):
    PICTURES = "pictures", gettext_lazy("Pictures")
    VIDEO = "video", gettext_lazy("Video")
    PRESET = "preset", gettext_lazy("Preset")
    KNOWN = "known", gettext_lazy("Known by its id")


@dataclass(frozen=True)
class Look:
    """What a version is made of: `pictures` are the frontal one and 1 to 3 others, or a `video`.

    `poster` is its face on screens where no pictures are: a still of the video. Kling gets none.
    """

    name: str
    description: str = ""
    pictures: tuple[Picture, ...] = ()
    video: KeptFile | None = None
    voice: Voice | None = None
    poster: Picture | None = None

    def checked(self) -> Look:
        """Raises NotAllowedNow, in words, for what Kling would not take."""
        if self.video is None and not 2 <= len(self.pictures) <= 1 + MOST_OTHER_PICTURES:
            raise NotAllowedNow(
                _("An element has a frontal picture and 1 to %(most)s others; there are "
                  "%(count)s. Nothing was changed.")
                % {"most": MOST_OTHER_PICTURES, "count": len(self.pictures)},
                "pictures",
            )  # fmt: skip
        if self.video is not None and self.pictures:
            words = _("An element is made of pictures or of a video, not of both. Nothing was "
                      "changed. Choose one.")  # fmt: skip
            raise NotAllowedNow(words, "pictures")
        if self.voice is not None and self.voice.is_removed:
            words = _("This voice is not in the library any more. Nothing was changed.")
            raise NotAllowedNow(words, "voice")
        name, description = clean_name(self.name), check_description(self.description)
        return replace(self, name=name, description=description)


class Element(Entry):
    """A reusable character, prop or place. `latest` is its newest version, the one drafts use."""

    entry_kind = "element"

    description = models.CharField(max_length=100, blank=True, default="")
    # Empty only between the two rows of a new element.
    latest: models.ForeignKey[ElementVersion, ElementVersion] = models.ForeignKey(  # type: ignore[misc]
        "ElementVersion", null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = EntrySet.as_manager()

    @classmethod
    @transaction.atomic
    def add(cls, look: Look, *, team: Team, by: User, tags: Iterable[str] = ()) -> Element:
        """A new element and its first version; see `ask_on` for making it on an account."""
        look = look.checked()
        kind = ElementKind.VIDEO if look.video else ElementKind.PICTURES
        return cls._add(look, kind, team, by, tags)

    @classmethod
    @transaction.atomic
    def know(
        cls, name: str, *, kling_id: str, account: Account, team: Team, by: User,
        description: str = "", tags: Iterable[str] = (), poster: Picture | None = None,
    ) -> Element:  # fmt: skip
        """One that is on the account under an id somebody typed."""
        look = Look(name, description, poster=poster)
        element = cls._add(look, ElementKind.KNOWN, team, by, tags)
        Creation.know(element.latest, account=account, kling_id=kling_id)
        return element

    @classmethod
    @transaction.atomic
    def from_preset(
        cls, name: str, *, kling_id: str, account: Account, team: Team, by: User,
        description: str = "", tags: Iterable[str] = (),
    ) -> Element:  # fmt: skip
        """One of Kling's own, as the account lists it."""
        element = cls._add(Look(name, description), ElementKind.PRESET, team, by, tags)
        Creation.know(element.latest, account=account, kling_id=kling_id)
        return element

    @transaction.atomic
    def change(self, look: Look, *, by: User) -> ElementVersion:
        """The next version, unless nothing changes; older revisions keep theirs.

        It is asked for on every account where the one before is ready or under way.
        """
        self.refresh_from_db(from_queryset=Element.objects.select_for_update(no_key=True))
        self.check_in_library()
        before = self.latest
        if before.is_named_only and not _has_body(look):
            look = replace(look, poster=look.poster or before.frontal)
        else:
            look = look.checked()
        if look == before.look:
            return before
        kind = before.kind
        if _has_body(look):
            kind = ElementKind.VIDEO if look.video else ElementKind.PICTURES
        version = self._write_version(look, kind, before.number + 1, by)
        self.name, self.description, self.latest = look.name, look.description, version
        self.note_words()
        self.save(update_fields=["name", "description", "latest", "search_words"])
        self._say("changed", by, version=version.number)
        _follow(before, version, by)
        return version

    @property
    def look(self) -> Look:
        """What the newest version is made of: the start of a change."""
        return self.latest.look

    @property
    def kind(self) -> str:
        return self.latest.kind

    @property
    def picture(self) -> Picture | None:
        """Its face on screens."""
        return self.latest.frontal

    @property
    def told(self) -> str:
        return self.description

    def ask_on(self, account: Account, *, by: User) -> Creation:
        """Have its newest version made on an account; see Creation.ask."""
        return Creation.ask(self.latest, account=account, by=by)

    def creation_on(self, account: Account | None) -> Creation | None:
        return self.latest.creations.filter(account=account).first() if account else None

    def creations_here(self) -> Any:
        return Creation.objects.filter(version__element=self)

    def _detach(self, board: Storyboard, by: User) -> None:
        board.detach_element(self, by=by)

    @classmethod
    def _add(
        cls, look: Look, kind: ElementKind, team: Team, by: User, tags: Iterable[str]
    ) -> Element:
        element = cls(
            team=team, name=look.name, description=look.description, tags=clean_tags(tags),
            created_by=by,
        )  # fmt: skip
        element.note_words()
        element.save()
        element.latest = element._write_version(look, kind, 1, by)
        element.save(update_fields=["latest"])
        element._say("added", by)
        return element

    def _write_version(self, look: Look, kind: str, number: int, by: User) -> ElementVersion:
        video = look.video or KeptFile("", 0.0, "")
        version = ElementVersion.objects.create(
            element=self, number=number, kind=kind, name=look.name, description=look.description,
            frontal=look.pictures[0] if look.pictures else look.poster, voice=look.voice,
            video=video.file, seconds=video.seconds, sha256=video.sha256, created_by=by,
        )  # fmt: skip
        ElementPicture.objects.bulk_create(
            ElementPicture(version=version, picture=picture, position=position)
            for position, picture in enumerate(look.pictures[1:], start=1)
        )
        return version


class ElementVersion(Keyed):
    """One state of an element, never edited; a revision pins the one it was sent with."""

    entry_kind = "element"

    element = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=ElementKind)
    name = models.CharField(max_length=40)
    description = models.CharField(max_length=100, blank=True, default="")
    frontal = models.ForeignKey(
        Picture, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    video = models.CharField(max_length=120, blank=True, default="")
    seconds = models.FloatField(default=0.0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    voice = models.ForeignKey(
        Voice, null=True, blank=True, on_delete=models.SET_NULL, related_name="bound_in"
    )
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("number",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["element", "number"], name="element_version_once")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def look(self) -> Look:
        """What it is made of."""
        video = KeptFile(self.video, self.seconds, self.sha256) if self.video else None
        pictures = tuple(self.pictures())
        poster = None if pictures else self.frontal
        return Look(self.name, self.description, pictures, video, self.voice, poster)

    def pictures(self) -> list[Picture]:
        """The frontal one, then the others in their order; empty where it is made of none."""
        if self.frontal is None or self.kind != ElementKind.PICTURES:
            return []
        return [self.frontal, *(each.picture for each in self.others.all())]

    @property
    def team(self) -> Team:
        return self.element.team

    @property
    def entry_key(self) -> str:
        return self.element.key

    @property
    def is_removed(self) -> bool:
        return self.element.is_removed

    @property
    def is_preset(self) -> bool:
        return self.kind == ElementKind.PRESET

    @property
    def is_known(self) -> bool:
        return self.kind == ElementKind.KNOWN

    @property
    def is_named_only(self) -> bool:
        """We have nothing of it that it could be made of."""
        return self.is_preset or self.is_known

    @property
    def bound_voice(self) -> Voice | None:
        """The voice it is to speak with, as long as the library has it."""
        return None if self.voice is None or self.voice.is_removed else self.voice

    @property
    def drafts(self) -> models.QuerySet[Storyboard]:
        """The storyboards whose draft uses it: none by now where there is a newer one."""
        boards = self.element.drafts
        return boards if self.element.latest_id == self.pk else boards.none()


class ElementPicture(models.Model):
    """One of a version's other pictures."""

    version = models.ForeignKey(ElementVersion, on_delete=models.CASCADE, related_name="others")
    picture = models.ForeignKey(Picture, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("position",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "position"], name="element_picture_once")
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.position}"


def by_kling_id(
    noun: type[Element] | type[Voice], team: Team, ids: Iterable[str]
) -> dict[str, Element | Voice]:
    """What the team's library has under ids of Kling, on whatever account of the team."""
    rows = Creation.objects.ready().filter(account__team=team, kling_id__in=list(ids))
    if noun is Voice:
        spoken = rows.filter(voice__removed_at=None).select_related("voice")
        return {row.kling_id: row.voice for row in spoken if row.voice}
    shown = rows.filter(version__element__removed_at=None).select_related("version__element")
    return {row.kling_id: row.version.element for row in shown if row.version}


def _has_body(look: Look) -> bool:
    return bool(look.pictures or look.video)


def _follow(before: ElementVersion, version: ElementVersion, by: User) -> None:
    """The new version on the accounts of the one before."""
    for row in before.creations.select_related("account"):
        if version.is_named_only and row.is_ready:
            Creation.know(version, account=row.account, kling_id=row.kling_id)
        elif not version.is_named_only and (row.is_ready or row.is_coming):
            _ask_where_it_can_be(version, row.account, by)


def _ask_where_it_can_be(version: ElementVersion, account: Account, by: User) -> None:
    """An account that is off, or cannot, is asked by a person later: the change itself stands."""
    try:
        Creation.ask(version, account=account, by=by)
    except NotAllowedNow:
        return
