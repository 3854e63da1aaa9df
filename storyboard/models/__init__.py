"""The nouns."""

from storyboard.models.accounts import Account
from storyboard.models.activity import SENTENCES, Activity
from storyboard.models.base import Conflict, NotAllowedNow, digest
from storyboard.models.calls import Call, Receipt
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
from storyboard.models.send_for_review import send_for_review
from storyboard.models.stages import Stage
from storyboard.models.statuses import Status
from storyboard.models.storyboards import (
    MOST_SHOTS,
    STORED_PROMPT,
    Shooting,
    Shot,
    Storyboard,
)
from storyboard.models.takes import Bound, Take
from storyboard.models.teams import Membership, Role, Team, User
from storyboard.models.uses import ElementUse, VoiceUse

__all__ = [
    "MOST_SHOTS",
    "MOST_TAKES",
    "SENTENCES",
    "STORED_PROMPT",
    "Account",
    "Activity",
    "Bound",
    "Call",
    "Conflict",
    "Decision",
    "Doorbell",
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
    "User",
    "Voice",
    "VoiceUse",
    "Zombie",
    "digest",
    "send_for_review",
]
