"""What an end frame goes with, by model and mode, in words beside the frames."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _

from storyboard.kling.brief import Brief
from storyboard.kling.capabilities import MODELS, can_on, models_on, modes_on, seconds_words
from storyboard.kling.profiles import OFFICIAL, Profile
from storyboard.models import Account


class EndFrame(NamedTuple):
    """What one model and mode of an account want of a draft with an end frame.

    `seconds`: the totals it goes with, ascending; None: all the model has.
    """

    is_taken: bool
    needs_first_frame: bool
    needs_single_shot: bool
    needs_silence: bool
    seconds: tuple[int, ...] | None

    @property
    def terms(self) -> str:
        """The conditions in words: `a first frame, Single shot and no sound`."""
        found = [
            words
            for is_asked, words in (
                (self.needs_first_frame, _("a first frame")),
                (self.needs_single_shot, _("Single shot")),
                (self.needs_silence, _("no sound")),
                (self.seconds is not None, _("%(n)s s") % {"n": seconds_words(self.seconds or ())}),
            )
            if is_asked
        ]
        *first, last = found or [""]
        return (
            _("%(some)s and %(last)s") % {"some": ", ".join(first), "last": last} if first else last
        )


def end_frame_on(profile: Profile, model: str, mode: str) -> EndFrame:
    """By the public map, within what the account's documents say."""
    with_first = can_on(profile, model, mode, "end_frame", "image2video")
    alone = can_on(profile, model, mode, "end_frame_only", "image2video")
    return EndFrame(
        is_taken=with_first.ok,
        needs_first_frame=not alone.ok,
        needs_single_shot=not profile.end_frame_with_shots,
        needs_silence=model in MODELS and MODELS[model].end_frame_is_silent,
        seconds=with_first.seconds,
    )


def frame_rules(brief: Brief, account: Account | None) -> list[str]:
    """Sentences: what the chosen model wants, what excludes it, and which others take one."""
    profile = account.dialect if account else OFFICIAL
    pair = {"model": brief.model, "mode": brief.mode}
    rules = end_frame_on(profile, brief.model, brief.mode)
    others = _others(profile, brief.model, brief.mode)
    if not rules.is_taken:
        said = [_("%(model)s %(mode)s takes no end frame.") % pair]
        return said + ([_("It goes with %(models)s.") % {"models": others}] if others else [])
    terms = _("%(model)s %(mode)s takes an end frame with %(terms)s.")
    said = [
        terms % {**pair, "terms": rules.terms}
        if rules.terms
        else _("%(model)s %(mode)s takes an end frame.") % pair,
        _("It never goes with camera control or a motion brush."),
    ]
    return said + ([_("Others that take one: %(models)s.") % {"models": others}] if others else [])


def _others(profile: Profile, model: str, mode: str) -> str:
    """`kling-v2-6 pro; kling-v3 std, pro, 4k`: the account's models in service, but for this."""
    found = []
    for each in models_on(profile, model):
        modes = [
            one.name
            for one in modes_on(profile, each.name)
            if (each.name, one.name) != (model, mode)
            and end_frame_on(profile, each.name, one.name).is_taken
        ]
        if modes:
            found.append(f"{each.name} {', '.join(modes)}")
    return "; ".join(found)
