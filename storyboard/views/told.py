"""What each status of an order means to people: what happens, what is kept, what to do.

Each part may hold %(n)s, %(price)s, %(cost)s, %(model)s, %(next)s, %(counted)s, %(until)s (when
Kling clears the film), %(made)s (when it was made) and %(kept)s (since when it is here).
"""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from storyboard.models import Status

Words = str | Promise


class Told(NamedTuple):
    """The three parts; each may hold %(n)s, %(price)s, %(model)s, %(next)s."""

    heading: Words
    happened: Words
    kept: Words
    todo: Words
    level: str = ""


_LEAVE = _("You can leave. The take comes here, and to Waiting for you on the first page.")
_NOT_SENT = _("Nothing was sent and nothing is charged.")
_MAYBE_PAID = _(
    "Kling may have the order, so the %(price)s may be charged. Its name at Kling stays the same, "
    "so it is never ordered twice."
)
TOLD: dict[str, Told] = {
    Status.QUEUED: Told(
        _("Take %(n)s waits to be sent"),
        _("The order is queued and goes to Kling as soon as there is a place."),
        _("Nothing is sent and nothing is charged yet."),
        _("Withdraw it while it waits, or leave: it goes by itself."),
        "gen",
    ),
    Status.SUBMITTING: Told(
        _("Take %(n)s is being sent"),
        _("The order is on its way to Kling, which cannot cancel it."),
        _("The %(price)s counts as ordered from here on."),
        _LEAVE,
        "gen",
    ),
    Status.UNCERTAIN: Told(
        _("Unclear: does Kling have take %(n)s?"),
        _("Kling did not say clearly whether it took the order."),
        _MAYBE_PAID,
        _("Nothing to do: Kling is asked for this order until it is clear. You can leave."),
        "warn",
    ),
    Status.RUNNING: Told(
        _("Take %(n)s is being made"),
        _("%(model)s is generating."),
        _("The order stands: %(price)s."),
        _LEAVE,
        "gen",
    ),
    Status.FETCHING: Told(
        _("Take %(n)s is made and on its way here"),
        _("Kling has made the film; it is being copied to our own storage."),
        _("The film stays at Kling for 30 days, so there is time. The order stands: %(price)s."),
        _LEAVE,
        "gen",
    ),
    Status.STORED: Told(
        _("Take %(n)s is here"),
        _("Kling made the film, and it is stored."),
        _("The original is kept for good, since %(kept)s. It cost %(cost)s."),
        _("Watch it, leave notes, pick it."),
        "ok",
    ),
    Status.FAILED: Told(
        _("Kling could not make take %(n)s"),
        _("Kling took the order, worked on it and gave up."),
        _(
            "Revision, approval and price stay. What Kling charges for a failed film stands in "
            "its bill; as far as known that is nothing."
        ),
        _(
            "Generate once more, or change what Kling's message names in the draft of "
            "revision %(next)s and send that for review."
        ),
        "bad",
    ),
    Status.REJECTED: Told(
        _("%(model)s turned this down"),
        _("Kling refused the order before starting on it."),
        _("Nothing is made and nothing is charged. Revision and approval stay."),
        _(
            "Change what Kling's message names in the draft of revision %(next)s and send that "
            "for review, or generate once more."
        ),
        "bad",
    ),
    Status.CANCELLED: Told(
        _("The order was withdrawn"),
        _("It was withdrawn before anything went to Kling."),
        _NOT_SENT,
        _("Generate orders it after all; the approval stays."),
    ),
    Status.HELD: Told(
        _("Take %(n)s is held"),
        _("The order stopped and waits for a person."),
        _NOT_SENT,
        _("Put right what is named here, then release the order."),
        "bad",
    ),
    Status.LOST: Told(
        _("The film of take %(n)s is lost"),
        _("Kling made it, but it could not be fetched before Kling cleared it."),
        _("Kling may have charged the %(price)s. Revision, approval and history stay."),
        _(
            "An owner asks Kling with the task id below. To have the film again, send the "
            "storyboard for review and order another take."
        ),
        "bad",
    ),
}
# Where Kling tells what it counted for a failed film.
COUNTED = _("Revision, approval and price stay. Kling counted %(counted)s for it.")
# While a film is fetched and the day is known on which Kling clears it.
UNTIL = _("The link to the film dies on %(until)s, so there is time. The order stands: %(price)s.")
# A film that is not here a day after it was made.
LATE = Told(
    _("Take %(n)s is made but not here yet"),
    _("Kling made the film on %(made)s, and it could not be copied to our own storage so far."),
    _(
        "Kling keeps the film: its link dies on %(until)s, and fetching is tried again until then. "
        "The order stands: %(price)s."
    ),
    _(
        "Nothing for you to do. Whoever runs Greenlight sees to network and disk; owners see more "
        "under Health."
    ),
    "warn",
)
# After the advice on a trouble with the account.
THEN_RELEASE = _("An owner does that; then release the order and it goes on.")


class Held(NamedTuple):
    """Why an order is held, what happened where its row has no words, and what to do."""

    heading: Words
    happened: Words
    todo: Words


HELD: dict[str, Held] = {
    "account": Held(
        _("Take %(n)s is held: Kling refuses the account"),
        _("Kling refused the account, not the order."),
        _("An owner puts the account right; then release the order and it goes on."),
    ),
    "address": Held(
        _("Take %(n)s is held: the account's address may not be used"),
        _("The address of the account is one that is never asked."),
        _(
            "Whoever runs Greenlight looks at where the account's address leads; then release "
            "the order. The address itself stays: for another one an owner adds an account, and "
            "the storyboard is sent for review again."
        ),
    ),
    "changed": Held(
        _("Take %(n)s is held: it is not what was approved"),
        _("Something that the approval was bound to has changed since."),
        _(
            "Nothing more is sent under this approval: send the storyboard for review again. "
            "Release the order only to have Kling asked for it once more."
        ),
    ),
    "crashes": Held(
        _("Take %(n)s is held: our worker failed at it"),
        _("A worker of ours failed at this order five times."),
        _("Release the order to try again. If it stops again, tell whoever runs Greenlight."),
    ),
    "waited": Held(
        _("Take %(n)s is held: it could not be sent for a day"),
        _("This order has waited a day to be sent."),
        _("Put right what is named here, then release the order: it waits for another day."),
    ),
    "unclear": Held(
        _("Take %(n)s is held: does Kling have it?"),
        _("Kling has not said clearly whether it took the order."),
        _("Look into Kling's own list of tasks; release the order to ask again."),
    ),
    "posts": Held(
        _("Take %(n)s is held: Kling lost it three times"),
        _("Kling took the order three times and knew nothing of it afterwards."),
        _("Look into Kling's own list of tasks; release the order to send it again."),
    ),
    "refused_again": Held(
        _("Take %(n)s is held: Kling refuses it, and was sent it before"),
        _("Kling refuses the order. It was sent once before and that was never answered."),
        _(
            "Kling is asked whether it has the order after all, once a day. Give up if it stays "
            "so, change what Kling refuses, and send the storyboard for review again."
        ),
    ),
    "another_key": Held(
        _("Take %(n)s is held: the key was replaced after it was sent"),
        _("With the new key Kling knows no such order."),
        _(
            "Look into the list of tasks of the old key's account at Kling. If both keys are of "
            "one account, release the order: Kling is asked again, and it is sent when Kling has "
            "none."
        ),
    ),
    "no_answer": Held(
        _("Take %(n)s is held: no result for a day"),
        _("Kling took the order and has not said for a day how it ended."),
        _("Keep waiting to have Kling asked every minute again, or leave it: it is asked daily."),
    ),
    "unknown_host": Held(
        _("Take %(n)s is held: its film lies where nothing is fetched from"),
        _("Kling keeps the film at a place that is not allowed here."),
        _(
            "Whoever runs Greenlight checks where Kling keeps this film and allows that host; "
            "then release the order. The film stays at Kling for 30 days."
        ),
    ),
    "no_film": Held(
        _("Take %(n)s is held: what came is no film"),
        _("What Kling sent as the film cannot be played."),
        _(
            "Look at the film in Kling's own console. It is fetched again once a day; release the "
            "order to fetch it now. It stays at Kling for 30 days."
        ),
    ),
    "too_large": Held(
        _("Take %(n)s is held: its film is larger than allowed"),
        _("What Kling sent as the film is larger than a film may be here."),
        _(
            "Look at the film in Kling's own console. Whoever runs Greenlight allows larger "
            "films; then release the order. It stays at Kling for 30 days."
        ),
    ),
    "given_up": Held(
        _("Take %(n)s is given up"),
        _("A person gave up waiting. Should Kling have made the film, it still comes here."),
        _("Kling is still asked once a day for 30 days. Release the order to ask now."),
    ),
}
# What is kept of a held order, by how far it is known to have come.
NOT_SENT = _NOT_SENT
MAYBE_PAID = _MAYBE_PAID
TAKEN = _("Kling took the order: the %(price)s counts as spent until Kling says otherwise.")
MADE = _("Kling has made the film and keeps it until %(until)s. The order stands: %(price)s.")
