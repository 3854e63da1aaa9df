"""History is the bus: every verb appends one activity in its own transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import connection, models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from storyboard.models.redo_reasons import RedoReason
from storyboard.models.search_words import words_of

if TYPE_CHECKING:
    from storyboard.models.projects import Project
    from storyboard.models.storyboards import Storyboard
    from storyboard.models.teams import Team, User

# Where PostgreSQL tells open pages about a new serial; see storyboard/live.
CHANNEL = "greenlight"

# One sentence per verb, written after the actor's name. Names in %( ) come from `data`.
SENTENCES: dict[str, Any] = {
    "team.created": _("made the team %(name)s"),
    "member.added": _("added %(who)s as %(role)s"),
    "member.role_changed": _("made %(who)s %(to)s, before %(before)s"),
    "member.removed": _("took %(who)s out of the team"),
    "account.added": _("added the account %(name)s at %(address)s"),
    "account.key_replaced": _("replaced the key of the account %(name)s"),
    "account.changed": _("changed %(fields)s of the account %(name)s"),
    "account.webhook_secret_set": _("put a webhook secret into the account %(name)s"),
    "account.webhook_secret_removed": _("took the webhook secret out of the account %(name)s"),
    "account.test_asked": _("asked whether the account %(name)s answers"),
    "account.tested": _("tested the account %(name)s: %(words)s"),
    "account.test_failed": _("tested the account %(name)s in vain: %(words)s"),
    "account.switched_off": _("switched off the account %(name)s"),
    "account.switched_on": _("switched on the account %(name)s"),
    "account.presets_asked": _("asked for Kling's own library on the account %(name)s"),
    "account.presets_read": _(
        "read Kling's own library on the account %(name)s: elements %(elements)s, voices %(voices)s"
    ),
    "account.presets_failed": _(
        "could not read Kling's own library on the account %(name)s: %(words)s"
    ),
    "account.resumed": _("let the account %(name)s order again"),
    "account.made_default": _("made the account %(name)s the team's default"),
    "account.removed": _("removed the account %(name)s, which never ordered"),
    "account.tripped": _("stopped ordering with the account %(name)s: %(words)s"),
    "element.added": _("put the element %(name)s into the library"),
    "element.changed": _("changed the element %(name)s: version %(version)s"),
    "element.tagged": _("tagged the element %(name)s: %(tags)s"),
    "element.removed": _("took the element %(name)s out of the library"),
    "voice.added": _("put the voice %(name)s into the library"),
    "voice.renamed": _("renamed the voice %(before)s to %(name)s"),
    "voice.tagged": _("tagged the voice %(name)s: %(tags)s"),
    "voice.removed": _("took the voice %(name)s out of the library"),
    "creation.asked": _("asked for %(name)s on the account %(account)s"),
    "creation.ready": _("has %(name)s ready on the account %(account)s"),
    "creation.failed": _("could not create %(name)s on the account %(account)s: %(words)s"),
    "project.created": _("made the project %(name)s"),
    "project.renamed": _("renamed the project from %(before)s to %(to)s"),
    "project.account_chosen": _("ordered with the account %(name)s from then on"),
    "project.archived": _("archived the project"),
    "project.restored": _("restored the project"),
    "project.no_second_person_set": _("let one person approve alone"),
    "project.no_second_person_cleared": _("asked for a second person again"),
    "storyboard.created": _("made the storyboard %(name)s"),
    "storyboard.renamed": _("renamed %(before)s to %(to)s"),
    "storyboard.archived": _("archived %(storyboard)s"),
    "storyboard.restored": _("restored %(storyboard)s"),
    "storyboard.deleted": _("deleted the draft %(name)s, never sent"),
    "storyboard.set": _("changed %(fields)s of %(storyboard)s"),
    "storyboard.first_frame_set": _("put a first frame of %(size)s on %(storyboard)s"),
    "storyboard.first_frame_removed": _("took the first frame off %(storyboard)s"),
    "storyboard.end_frame_set": _("put an end frame of %(size)s on %(storyboard)s"),
    "storyboard.end_frame_removed": _("took the end frame off %(storyboard)s"),
    "storyboard.brush_painted": _(
        "painted the motion brush of %(storyboard)s: areas that move %(moving)s, still %(still)s"
    ),
    "storyboard.brush_removed": _("took the motion brush off %(storyboard)s"),
    "storyboard.element_attached": _("attached the element %(name)s to %(storyboard)s"),
    "storyboard.element_detached": _("took the element %(name)s off %(storyboard)s"),
    "storyboard.voice_attached": _("attached the voice %(name)s to %(storyboard)s"),
    "storyboard.voice_detached": _("took the voice %(name)s off %(storyboard)s"),
    "storyboard.retimed": _("shared out the seconds of %(storyboard)s anew: %(seconds)s"),
    "storyboard.duplicated": _("made the storyboard %(name)s as a copy of %(source)s"),
    "storyboard.undone": _("undid changes to %(fields)s of %(storyboard)s"),
    "storyboard.redone": _("redid changes to %(fields)s of %(storyboard)s"),
    "storyboard.preview_asked": _("asked for a preview of %(storyboard)s"),
    "revision.preview_asked": _("asked for a preview of revision %(revision)s of %(storyboard)s"),
    "storyboard.brought_in": _("rewrote %(storyboard)s from a file, shots: %(shots)s"),
    "shot.added": _("added shot %(position)s to %(storyboard)s"),
    "shot.rewritten": _("changed %(fields)s of shot %(position)s in %(storyboard)s"),
    "shot.moved": _("moved shot %(before)s to %(to)s in %(storyboard)s"),
    "shot.removed": _("removed shot %(position)s from %(storyboard)s"),
    "shot.duplicated": _("duplicated shot %(before)s as shot %(position)s in %(storyboard)s"),
    "shot.picture_set": _("put a picture of %(size)s on shot %(position)s in %(storyboard)s"),
    "shot.picture_removed": _("took the picture off shot %(position)s in %(storyboard)s"),
    "revision.sent_for_review": _("sent revision %(revision)s of %(storyboard)s for review"),
    "revision.withdrawn": _("withdrew revision %(revision)s of %(storyboard)s"),
    "review.approved": _("approved revision %(revision)s of %(storyboard)s"),
    "review.changes_requested": _("requested changes to revision %(revision)s of %(storyboard)s"),
    "review.waived": _(
        "approved revision %(revision)s of %(storyboard)s alone: no second person asked"
    ),
    "generation.ordered": _("ordered take %(slot)s of revision %(revision)s"),
    "generation.price_unknown_confirmed": _(
        "confirmed that the price of take %(slot)s of revision %(revision)s is unknown"
    ),
    "generation.sent": _("began sending the order of revision %(revision)s to Kling"),
    "generation.accepted": _("heard that Kling took the order of revision %(revision)s"),
    "generation.queued_again": _("put the order of revision %(revision)s back: %(words)s"),
    "generation.became_unclear": _("does not know yet whether Kling took the order: %(words)s"),
    "generation.succeeded": _("heard that Kling has made the film of revision %(revision)s"),
    "generation.film_waits": _(
        "is still fetching the film of revision %(revision)s after %(days)s d; "
        "Kling keeps it until %(until)s"
    ),
    "generation.stored": _("stored the film of revision %(revision)s"),
    "generation.failed": _("heard that Kling could not make revision %(revision)s: %(words)s"),
    "generation.refused": _("was refused revision %(revision)s by Kling: %(words)s"),
    "generation.withdrawn": _("withdrew the order of revision %(revision)s before it was sent"),
    "generation.held": _("holds the order of revision %(revision)s: %(words)s"),
    "generation.released": _("released the order of revision %(revision)s"),
    "generation.given_up": _("no longer waits for the film of revision %(revision)s"),
    "generation.lost": _("lost the film of revision %(revision)s: %(words)s"),
    "take.stored": _("stored take %(take)s of %(storyboard)s, %(size)s"),
    "take.picked": _("picked take %(take)s of %(storyboard)s"),
    "take.approved": _("approved take %(take)s of %(storyboard)s"),
    "take.changes_requested": _("requested changes to take %(take)s of %(storyboard)s"),
    "take.decision_taken_back": _("took back their decision on take %(take)s of %(storyboard)s"),
    "shot.judged": _("judged shot %(position)s of take %(take)s of %(storyboard)s"),
    "shot.unjudged": _(
        "took back the verdict on shot %(position)s of take %(take)s of %(storyboard)s, "
        "given by %(who)s"
    ),
    "note.added": _("left a note on take %(take)s of %(storyboard)s at %(timecode)s"),
    "note.replied": _("replied to a note on take %(take)s of %(storyboard)s"),
    "note.edited": _("changed a note on take %(take)s of %(storyboard)s, before: %(before)s"),
    "note.removed": _("removed a note of %(who)s on take %(take)s of %(storyboard)s"),
    "note.answered": _(
        "answered a note on take %(take)s of %(storyboard)s with a change for revision "
        "%(revision)s: %(fields)s"
    ),
    "note.answer_taken_back": _(
        "took back the answer to a note on take %(take)s of %(storyboard)s: %(fields)s"
    ),
    "note.wanted": _("put a note on take %(take)s among the changes to make in %(storyboard)s"),
    "note.unwanted": _("took a note on take %(take)s off the changes to make in %(storyboard)s"),
    "note.shown": _("showed a note on take %(take)s of %(storyboard)s to the client"),
    "note.hidden": _("hid a note on take %(take)s of %(storyboard)s from the client"),
    "note.resolved": _("resolved a note on take %(take)s of %(storyboard)s"),
    "note.reopened": _("reopened a note on take %(take)s of %(storyboard)s"),
}

# Where the data of an activity tells its kind, that changes the sentence.
_OF_A_KIND: dict[tuple[str, str], Any] = {
    ("take.approved", "alone"): _(
        "approved take %(take)s of %(storyboard)s alone: no second person asked"
    ),
    ("shot.judged", "keep"): _("kept shot %(position)s of take %(take)s of %(storyboard)s"),
    ("shot.judged", "redo"): _(
        "asked to redo shot %(position)s of take %(take)s of %(storyboard)s: %(reason)s"
    ),
    ("shot.judged", "keep_instead"): _(
        "kept shot %(position)s of take %(take)s of %(storyboard)s, in place of the word of %(who)s"
    ),
    ("shot.judged", "redo_instead"): _(
        "asked to redo shot %(position)s of take %(take)s of %(storyboard)s: %(reason)s, "
        "in place of the word of %(who)s"
    ),
    ("storyboard.duplicated", "redo"): _(
        "made the storyboard %(name)s from shots %(positions)s of %(source)s, "
        "to redo them after take %(take)s"
    ),
    ("note.added", "range"): _(
        "left a note on take %(take)s of %(storyboard)s from %(timecode)s to %(until)s"
    ),
    ("note.added", "shot"): _(
        "left a note on shot %(position)s in take %(take)s of %(storyboard)s"
    ),
    ("note.added", "general"): _("left a note on take %(take)s of %(storyboard)s"),
}

_FIELDS: dict[str, Any] = {
    "prompt": _("prompt"),
    "seconds": _("seconds"),
    "model": _("model"),
    "mode": _("mode"),
    "aspect_ratio": _("aspect ratio"),
    "sound": _("sound"),
    "watermark": _("watermark"),
    "negative_prompt": _("negative prompt"),
    "shooting": _("shooting"),
    "total_seconds": _("total seconds"),
    "cfg_scale": _("prompt strength"),
    "camera": _("camera move"),
    "brush": _("motion brush"),
    "first_frame": _("first frame"),
    "end_frame": _("end frame"),
    "elements": _("elements"),
    "voices": _("voices"),
    "picture": _("picture"),
    "shots": _("shots"),
    "positions": _("positions of the shots"),
    "position": _("position of a shot"),
    "added": _("a shot added"),
    "removed": _("a shot removed"),
    "name": _("name"),
    "slots": _("takes at once"),
    "reading": _("rules"),
    "follows_end_frame_change": _("end frame with several shots"),
    "lends_pictures": _("pictures by address"),
}


class Activity(models.Model):
    """One line of what happened; never updated, never deleted.

    It belongs to a stream: its project, or (library, accounts, members) its team. `serial`
    counts per stream under the stream's row lock, so a reader that asks "newer than n?" misses
    nothing. `money_milli` is the price of an order (`generation.ordered`), or what one came to
    that ended (`take.stored` and the ends without a take); `film_ms` the length of a stored take.
    """

    class Actor(models.TextChoices):
        MEMBER = "member", _("Member")
        GUEST = "guest", _("Guest")
        SYSTEM = "system", _("Greenlight")

    team = models.ForeignKey("Team", on_delete=models.CASCADE, related_name="activities")
    project = models.ForeignKey(
        "Project", null=True, on_delete=models.CASCADE, related_name="activities"
    )
    storyboard = models.ForeignKey(
        "Storyboard", null=True, on_delete=models.SET_NULL, related_name="activities"
    )
    serial = models.PositiveBigIntegerField()
    verb = models.CharField(max_length=40)
    actor_kind = models.CharField(max_length=6, choices=Actor)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor_name = models.CharField(max_length=80)
    data = models.JSONField(default=dict)
    search_words = models.TextField(blank=True, default="")
    money_milli = models.PositiveBigIntegerField(null=True)
    film_ms = models.PositiveBigIntegerField(null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "activities"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "serial"],
                condition=models.Q(project__isnull=False),
                name="activity_serial_per_project",
            ),
            models.UniqueConstraint(
                fields=["team", "serial"],
                condition=models.Q(project__isnull=True),
                name="activity_serial_per_team",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["storyboard", "-id"]),
            # Of the history: its sums and counts, who acted, and where a day begins.
            models.Index(fields=["project", "verb", "serial"]),
            models.Index(fields=["project", "actor", "serial"]),
            models.Index(fields=["project", "at"]),
            models.Index(fields=["storyboard", "serial"]),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.sentence}"

    @classmethod
    def append(
        cls,
        verb: str,
        *,
        by: User | None,
        team: Team | None = None,
        project: Project | None = None,
        storyboard: Storyboard | None = None,
        money_milli: int | None = None,
        film_ms: int | None = None,
        **data: Any,
    ) -> Activity:
        """Append within the caller's transaction; `by=None` is the system."""
        SENTENCES[verb]  # an unknown verb is a mistake of ours, found at once
        if storyboard is not None:
            project = storyboard.project
            data.setdefault("storyboard", storyboard.name)
        if project is not None:
            team = project.team
        assert team is not None, "an activity belongs to a project or a team"  # noqa: S101
        actor_name = "Greenlight" if by is None else str(by)
        with override("en"):
            found_by = words_of(actor_name, sentence_of(verb, data), data)
        return cls.objects.create(
            team=team,
            project=project,
            storyboard=storyboard,
            serial=_next_serial(project or team),
            verb=verb,
            actor_kind=cls.Actor.SYSTEM if by is None else cls.Actor.MEMBER,
            actor=by,
            actor_name=actor_name,
            data=data,
            search_words=found_by,
            money_milli=money_milli,
            film_ms=film_ms,
        )

    @classmethod
    def has_news_of(cls, storyboard: Storyboard, *, after: int) -> bool:
        """Whether anything happened to it, or to its project as a whole, after this serial."""
        what = Q(storyboard=storyboard) | Q(storyboard=None)
        newer = cls.objects.filter(what, project=storyboard.project_id, serial__gt=after)
        return newer.exists()

    @property
    def sentence(self) -> str:
        """What the actor did, to be read after their name."""
        return sentence_of(self.verb, self.data)


def sentence_of(verb: str, data: dict[str, Any]) -> str:
    """What happened, to be read after the actor's name, in the language now active."""
    said = _Said(data)
    if "fields" in said:
        said["fields"] = listed([field_name(name) for name in said["fields"].split(", ")])
    if said.get("reason"):
        said["reason"] = _reason_name(said["reason"])
    sentence = _OF_A_KIND.get((verb, str(data.get("kind", "")))) or SENTENCES[verb]
    return str(sentence) % said


def _reason_name(name: str) -> str:
    """Why a shot is redone, as a word within a sentence."""
    return str(RedoReason(name).label).lower() if name in RedoReason.values else name


def field_name(name: str) -> str:
    """A field by the name it has on the screen."""
    return str(_FIELDS.get(name, name))


def listed(words: list[str]) -> str:
    """At least one word as a list: "mode, sound and total seconds"."""
    *most, last = words
    both = {"most": ", ".join(most), "last": last}
    return gettext("%(most)s and %(last)s") % both if most else last


class _Said(dict[str, Any]):
    """Data of an old activity may lack a word that a newer sentence asks for."""

    def __missing__(self, name: str) -> str:
        return "…"


def _next_serial(stream: Project | Team) -> int:
    model = type(stream)
    model._default_manager.filter(pk=stream.pk).update(serial=F("serial") + 1)
    serial: int = model._default_manager.values_list("serial", flat=True).get(pk=stream.pk)
    _signal(f"{model._meta.model_name}:{stream.pk}:{serial}")
    return serial


def _signal(words: str) -> None:
    """Heard at commit, and only then; SQLite's readers see by themselves that somebody wrote."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, words])
