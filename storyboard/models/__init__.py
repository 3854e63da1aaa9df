"""The nouns."""

from storyboard.models.accounts import Account
from storyboard.models.activity import SENTENCES, Activity
from storyboard.models.animatics import Animatic
from storyboard.models.base import Conflict, NotAllowedNow, digest
from storyboard.models.calls import Call, Receipt
from storyboard.models.draft_state import MOST_SHOTS
from storyboard.models.edits import MOST_EDITS, Edit, Undone, recorded, steps_of
from storyboard.models.generations import Generation, Zombie
from storyboard.models.health import Doorbell, Heartbeat
from storyboard.models.installation import Installation, Lease
from storyboard.models.library import Element, Picture, Voice
from storyboard.models.notes import Note
from storyboard.models.presence import Presence
from storyboard.models.projects import Project
from storyboard.models.reviews import (
    MOST_TAKES,
    Decision,
    FrozenShot,
    NotReady,
    Order,
    Review,
    Revision,
)
from storyboard.models.seconds import fit, spread
from storyboard.models.send_for_review import send_for_review
from storyboard.models.shots import STORED_PROMPT, Shot
from storyboard.models.stages import Stage
from storyboard.models.statuses import Status
from storyboard.models.storyboards import Shooting, Storyboard
from storyboard.models.takes import Bound, Take
from storyboard.models.teams import Membership, Role, Team, User
from storyboard.models.uses import ElementUse, VoiceUse

__all__ = [
    "MOST_EDITS",
    "MOST_SHOTS",
    "MOST_TAKES",
    "SENTENCES",
    "STORED_PROMPT",
    "Account",
    "Activity",
    "Animatic",
    "Bound",
    "Call",
    "Conflict",
    "Decision",
    "Doorbell",
    "Edit",
    "Element",
    "ElementUse",
    "FrozenShot",
    "Generation",
    "Heartbeat",
    "Installation",
    "Lease",
    "Membership",
    "NotAllowedNow",
    "NotReady",
    "Note",
    "Order",
    "Picture",
    "Presence",
    "Project",
    "Receipt",
    "Review",
    "Revision",
    "Role",
    "Shooting",
    "Shot",
    "Stage",
    "Status",
    "Storyboard",
    "Take",
    "Team",
    "Undone",
    "User",
    "Voice",
    "VoiceUse",
    "Zombie",
    "digest",
    "fit",
    "recorded",
    "send_for_review",
    "spread",
    "steps_of",
]
