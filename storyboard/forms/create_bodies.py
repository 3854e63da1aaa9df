"""A create body of Kling's read into what a draft can hold.

What a draft cannot hold is named: an error where the meaning would change unseen, and then nothing
of the body may be used; else as left out.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from storyboard.forms.create_masks import FoundBrush, leave_out_linked_masks, read_masks
from storyboard.forms.storyboards import MODES
from storyboard.kling.brief import Brief, Camera, PictureRef
from storyboard.kling.capabilities import ASPECT_RATIOS, MODELS
from storyboard.kling.payloads.bodies import UNREADABLE, read_body
from storyboard.kling.payloads.reader import Reader, shorten
from storyboard.kling.profiles import Profile
from storyboard.kling.rules.camera import KINDS
from storyboard.kling.rules.text import is_sendable
from storyboard.media.pictures import CleanPicture, PictureRefused, clean_picture
from storyboard.models import MOST_SHOTS, STORED_PROMPT, Element, Picture, Team, Voice
from storyboard.models.bringing_in import Incoming
from storyboard.models.elements import by_kling_id

MOST_PLAIN = 1024 * 1024  # bytes of a body without its pictures
MOST_ENTRIES = 20  # elements or voices of one body: far above Kling's limits
_MOST_SECONDS = 99
_MOST_TOLD = 20
FRAMES = {"image": "first_frame", "image_tail": "end_frame"}
_OURS = ("callback_url", "external_task_id")
# Runs of base64 that are long enough for a picture, with the slashes some programs escape.
_BASE64 = re.compile(rb'"[A-Za-z0-9+/=\\]{400,}"')


@dataclass
class FoundBody:
    """`incoming` is None exactly where there are errors. All lists are sentences.

    `pictures` are frames the team does not have yet, by their names in Incoming, and `brush` is
    the motion brush: the caller keeps them and puts them in.
    """

    errors: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    incoming: Incoming | None = None
    pictures: dict[str, CleanPicture] = field(default_factory=dict)
    brush: FoundBrush = field(default_factory=FoundBrush)


def read_create_body(data: bytes, *, team: Team, profile: Profile) -> FoundBody:
    """What the JSON of a create body asks a draft of the team to hold. Raises nothing."""
    found = FoundBody()
    body = _object(data, found)
    if body is None:
        return found
    body = {name: value for name, value in body.items() if value is not None}
    _leave_out(body, found)
    elements = _entries(body, "element_list", "element_id", Element, team, found)
    voices = _entries(body, "voice_list", "voice_id", Voice, team, found)
    is_image = any(body.get(name) for name in FRAMES)
    reader = Reader(body, profile, "image2video" if is_image else "text2video", is_map=True)
    # A gateway that always needs a picture says so in the editor, not here.
    brief = read_body(reader)
    _hear(reader, set(body), found)
    settings = _settings(brief, profile, found)
    shots = tuple((_text(shot.prompt), shot.seconds) for shot in brief.shots)
    _check_shots(shots, found)
    frames = _frames(body, brief, team, found)
    found.brush, wrong = read_masks(body, brief.brush, _size_of(frames, found))
    found.errors.extend(wrong)
    del found.errors[_MOST_TOLD:]
    found.errors, found.left_out = _shown(found.errors), _shown(found.left_out)
    if not found.errors:
        found.incoming = Incoming(shots, settings, frames, tuple(elements), tuple(voices))
    return found


def _object(data: bytes, found: FoundBody) -> dict[str, Any] | None:
    """The one object of the file; None once it is told what else is there."""
    plain = len(data) - sum(len(run[0]) for run in _BASE64.finditer(data))
    if plain > MOST_PLAIN:
        found.errors.append(
            _("The file has %(size)s MB besides its pictures; 1 MB can be read.")
            % {"size": f"{plain / 1024 / 1024:.1f}"}
        )
        return None
    try:
        value = json.loads(data.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError:
        found.errors.append(_("The file is not UTF-8. Save it as UTF-8 and choose it again."))
    except RecursionError:
        found.errors.append(_("The file is nested too deep to be a create body."))
    except json.JSONDecodeError as broken:
        words = _("The file is no JSON: line %(line)s, character %(column)s is not understood.")
        found.errors.append(words % {"line": broken.lineno, "column": broken.colno})
    except ValueError:
        found.errors.append(_("The file holds a number that JSON or Kling does not know."))
    else:
        if isinstance(value, dict):
            return value
        found.errors.append(_("The file is no create body: it must be one JSON object, { … }."))
    return None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _leave_out(body: dict[str, Any], found: FoundBody) -> None:
    """Take out what Greenlight gives itself or does not keep, and links, which it never follows."""
    ours = [name for name in _OURS if body.pop(name, None)]
    if ours:
        words = _("%(names)s: Greenlight gives its own when it orders.")
        found.left_out.append(words % {"names": ", ".join(ours)})
    found.left_out.extend(leave_out_linked_masks(body))
    for name in FRAMES:
        value = body.get(name)
        if isinstance(value, str) and value[:5].casefold() == "data:":
            words = _("%(name)s begins with “data:”, which Kling refuses. Remove all up to the "
                      "comma.")  # fmt: skip
            found.errors.append(words % {"name": name})
            del body[name]
        elif isinstance(value, str) and ":" in value[:64]:
            words = _("%(name)s: it is a link, %(link)s, and links are not followed. Put the "
                      "picture in by hand.")  # fmt: skip
            found.left_out.append(words % {"name": name, "link": shorten(value)})
            del body[name]


def _entries(
    body: dict[str, Any], name: str, id_name: str, noun: type[Any], team: Team, found: FoundBody
) -> list[Any]:
    """The library's rows for a list of ids, in its order, taken out of the body."""
    listed = body.pop(name, [])
    if not isinstance(listed, list) or len(listed) > MOST_ENTRIES:
        words = _("%(name)s must be a list of at most %(most)s entries.")
        found.errors.append(words % {"name": name, "most": MOST_ENTRIES})
        return []
    ids = []
    for place, entry in enumerate(listed):
        value = entry.get(id_name) if isinstance(entry, dict) else None
        if isinstance(value, bool) or not isinstance(value, str | int) or not str(value):
            words = _("%(name)s[%(n)s] has no %(id)s.")
            found.errors.append(words % {"name": name, "n": place, "id": id_name})
            continue
        ids.append(str(value))
        others = [shorten(str(key)) for key in entry if key != id_name]
        if others:
            words = _("%(name)s[%(n)s].%(others)s: Kling's documents name no such field.")
            told = {"name": name, "n": place, "others": ", ".join(others[:5])}
            found.left_out.append(words % told)
    return _known(ids, name, noun, team, found)


def _known(ids: list[str], name: str, noun: type[Any], team: Team, found: FoundBody) -> list[Any]:
    sendable = [each for each in ids if is_sendable(each)]
    rows = by_kling_id(noun, team, sendable)
    for kling_id in dict.fromkeys(ids):
        told = {"name": name, "id": shorten(kling_id)}
        if kling_id not in rows:
            words = _("%(name)s: the library has no entry with the Kling id %(id)s. Add it to the "
                      "library first, or remove it from the file.")  # fmt: skip
            found.errors.append(words % told)
        elif ids.count(kling_id) > 1:
            words = _("%(name)s: %(id)s stands there more than once. Keep one.")
            found.errors.append(words % told)
    return [rows[each] for each in ids if each in rows]


def _hear(reader: Reader, given: set[str], found: FoundBody) -> None:
    """What the reader could not read is an error; what it did not look at was left out."""
    for problem in reader.found:
        if not problem.warning:
            if problem.code != "first_frame.required":
                found.errors.append(problem.words)
        elif problem.code in ("field.unknown", "field.ignored"):
            is_read = problem.field in given and problem.field in reader.body
            if not is_read or problem.code == "field.ignored":
                found.left_out.append(f"{problem.field}: {problem.words}")
        elif problem.code in ("model.old_name", "mode.literal", "multi_shot.text"):
            found.left_out.append(problem.words)
    del found.left_out[_MOST_TOLD:]


def _settings(brief: Brief, profile: Profile, found: FoundBody) -> dict[str, Any]:
    """Every setting the body gives, with Kling's own default where it says nothing."""
    model = brief.model or profile.default_model
    settings: dict[str, Any] = {
        "model": model,
        "mode": brief.mode or _usual_mode(model),
        "sound": brief.sound,
        "watermark": brief.watermark,
        "negative_prompt": _text(brief.negative_prompt),
        "shooting": brief.shooting,
        "total_seconds": brief.total_seconds,
        "cfg_scale": brief.cfg_scale,
        "camera": _camera(brief.camera),
    }
    if brief.aspect_ratio:  # image to video has none: the video follows its first frame
        settings["aspect_ratio"] = brief.aspect_ratio
    found.errors.extend(_unstorable(settings))
    return settings


def _camera(camera: Camera | None) -> dict[str, Any] | None:
    """As a draft stores it: without the amounts that are 0."""
    if camera is None:
        return None
    return {name: value for name, value in asdict(camera).items() if value}


def _usual_mode(model: str) -> str:
    """What an absent mode means; a model that takes none has one to be shown by."""
    row = MODELS.get(model)
    return row.modes[0].name if row and not row.takes_mode else "std"


def _unstorable(settings: dict[str, Any]) -> Iterable[str]:
    """Words against values that no control of a draft could show."""
    choices = {"model": MODELS, "mode": MODES, "aspect_ratio": ASPECT_RATIOS}
    wire = {"model": "model_name"}
    for name, known in choices.items():
        value = settings.get(name)
        if value not in (None, UNREADABLE) and value not in known:
            words = _("%(name)s is “%(value)s”. Choose %(known)s.")
            if not value:
                words = _("%(name)s is missing. Choose %(known)s.")
            told = {"name": wire.get(name, name), "value": value, "known": ", ".join(known)}
            yield words % told
    if not 0 <= settings["total_seconds"] <= _MOST_SECONDS:
        yield _("duration is %(n)s. A draft keeps up to %(most)s seconds.") % {
            "n": settings["total_seconds"], "most": _MOST_SECONDS,
        }  # fmt: skip
    if settings["cfg_scale"] is not None and not 0 <= settings["cfg_scale"] <= 1:
        yield _("cfg_scale is %(n)s. It goes from 0 to 1.") % {"n": settings["cfg_scale"]}
    camera = settings["camera"]
    if camera and camera["kind"] not in KINDS:
        yield _("camera_control.type is “%(kind)s”. Choose %(known)s.") % {
            "kind": camera["kind"], "known": ", ".join(KINDS),
        }  # fmt: skip
    yield from _unkeepable("negative_prompt", settings["negative_prompt"])


def _check_shots(shots: tuple[tuple[str, int], ...], found: FoundBody) -> None:
    if not 1 <= len(shots) <= MOST_SHOTS:
        words = _("The body has %(n)s shots; a storyboard holds 1 to %(most)s.")
        found.errors.append(words % {"n": len(shots), "most": MOST_SHOTS})
        return
    for position, (prompt, seconds) in enumerate(shots, start=1):
        found.errors.extend(_unkeepable(_("The prompt of shot %(n)s") % {"n": position}, prompt))
        if seconds > _MOST_SECONDS:
            words = _("Shot %(n)s has %(seconds)s seconds; a draft keeps up to %(most)s.")
            told = {"n": position, "seconds": seconds, "most": _MOST_SECONDS}
            found.errors.append(words % told)


def _unkeepable(name: str, words: str) -> Iterable[str]:
    if len(words) > STORED_PROMPT:
        yield _("%(name)s has %(count)s characters, and a draft keeps %(most)s.") % {
            "name": name, "count": f"{len(words):,}", "most": f"{STORED_PROMPT:,}",
        }  # fmt: skip
    elif not is_sendable(words):
        yield _("%(name)s holds a character that cannot be kept.") % {"name": name}


def _frames(
    body: dict[str, Any], brief: Brief, team: Team, found: FoundBody
) -> dict[str, Picture | None]:
    """Both frames: a picture the team has already as it is, a new one judged and written anew.

    Bytes that came from here come back as the same picture, so that the fingerprint is the same.
    """
    frames: dict[str, Picture | None] = {}
    for wire, name in FRAMES.items():
        frames[name] = None
        picture = getattr(brief, name)
        if not isinstance(picture, PictureRef) or not isinstance(body.get(wire), str):
            continue
        own = Picture.objects.filter(team=team, sha256=picture.sha256).first()
        if own is not None:
            frames[name] = own
            continue
        try:
            found.pictures[name] = clean_picture(base64.b64decode(body[wire]))
        except (PictureRefused, binascii.Error) as refused:
            found.errors.append(f"{wire}: {getattr(refused, 'words', refused)}")
    return frames


def _size_of(frames: Mapping[str, Picture | None], found: FoundBody) -> tuple[int, int] | None:
    """Of the first frame, one the team has or a new one."""
    frame = frames["first_frame"] or found.pictures.get("first_frame")
    return (frame.width, frame.height) if frame else None


def _shown(sentences: list[str]) -> list[str]:
    """Sentences that a page can hold, whatever they quote: JSON can spell half a character."""
    return [words.encode("utf-8", "replace").decode() for words in sentences]


def _text(words: str) -> str:
    return words.replace("\r\n", "\n").replace("\r", "\n")
