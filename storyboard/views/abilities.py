"""What an account of a profile can do, in words, from the profile's own data."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _

from storyboard.kling.profiles import Profile


class Ability(NamedTuple):
    """One line: `mark` is the icon before it (okc: can, badc: cannot, help: nobody says)."""

    mark: str
    words: str


def abilities_of(profile: Profile) -> list[Ability]:
    """Everything a person should know before an order goes to such an account."""
    return [_videos(profile), _models(profile), _library(profile), *_questions(profile)]


def what_of_unclear(profile: Profile) -> str:
    """What happens to an order of which nobody knows whether it was taken."""
    if profile.duplicate_policy == "refuses":
        return _(
            "An unclear order is asked for by its name, and sent again only when Kling says twice "
            "that it has none. A second of the same name is refused without a charge."
        )
    return _(
        "An unclear order is held for a person and never sent again by itself: nobody promises "
        "that a second of the same name is refused."
    )


def _videos(profile: Profile) -> Ability:
    if "text2video" in profile.endpoints:
        return Ability("okc", _("Video from text, and from a first frame"))
    return Ability("badc", _("No video from text: each storyboard needs a first frame"))


def _models(profile: Profile) -> Ability:
    names = tuple(profile.models)
    said = {"first": names[0], "last": names[-1], "n": len(names), "seconds": _seconds(profile)}
    if len(names) == 1:
        return Ability("okc", _("Model %(first)s, %(seconds)s") % said)
    return Ability("okc", _("%(n)d models, %(first)s to %(last)s, %(seconds)s") % said)


def _seconds(profile: Profile) -> str:
    known = sorted({n for model in profile.models.values() for n in model.seconds})
    if len(known) == 2:
        return _("%(one)d or %(other)d s") % {"one": known[0], "other": known[1]}
    return _("%(least)d to %(most)d s") % {"least": known[0], "most": known[-1]}


def _library(profile: Profile) -> Ability:
    if profile.has_library:
        return Ability("okc", _("Elements, voices and resource packs"))
    return Ability("badc", _("No elements, no voices, no resource packs"))


def _questions(profile: Profile) -> list[Ability]:
    """Whether an order can be asked about, by our name for it or by Kling's."""
    own = {
        "yes": Ability("okc", _("An order is found by the name Greenlight gave it")),
        "no": Ability("badc", _("An order is not found by the name Greenlight gave it")),
        "unknown": Ability(
            "help", _("Whether an order is found by the name Greenlight gave it, nobody says")
        ),
    }
    if profile.has_library:
        return [own[profile.ask_by_external_id]]
    assumed = Ability(
        "help",
        _(
            "Asked about a task where it was ordered, %(path)s and its id: assumed, its document "
            "does not say so"
        )
        % {"path": profile.path(profile.endpoints[-1])},
    )
    return [own[profile.ask_by_external_id], assumed]
