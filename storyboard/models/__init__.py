"""The nouns."""

from storyboard.models.accounts import Account
from storyboard.models.activity import SENTENCES, Activity
from storyboard.models.anchors import NoteKind
from storyboard.models.animatics import Animatic
from storyboard.models.answers import NoteAnswer
from storyboard.models.base import Conflict, NotAllowedNow, digest
from storyboard.models.calls import Call, Receipt
from storyboard.models.creations import Creation
from storyboard.models.draft_state import MOST_SHOTS
from storyboard.models.edits import MOST_EDITS, Edit, Undone, recorded, steps_of
from storyboard.models.elements import (
    MOST_OTHER_PICTURES,
    Element,
    ElementKind,
    ElementPicture,
    ElementVersion,
    Look,
)
from storyboard.models.entries import (
    LONGEST_DESCRIPTION,
    LONGEST_NAME,
    LONGEST_TAG,
    MOST_TAGS,
    Affected,
    KeptFile,
)
from storyboard.models.generations import Generation, Zombie
from storyboard.models.health import Doorbell, Heartbeat
from storyboard.models.installation import Installation, Lease
from storyboard.models.library import Mask, Picture
from storyboard.models.making import CREATION_MOVES, CreationStatus
from storyboard.models.mentions import NoteMention
from storyboard.models.note_files import Attached, NoteFile
from storyboard.models.note_wordings import NoteWording
from storyboard.models.notes import Note
from storyboard.models.pins import (
    RevisionElement,
    RevisionVoice,
    Usage,
    affected_by_removing,
    usage_of,
)
from storyboard.models.presence import Presence
from storyboard.models.presets import Preset, PresetList
from storyboard.models.projects import Project
from storyboard.models.redo_reasons import RedoReason
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
from storyboard.models.take_decisions import Outcome, TakeDecision
from storyboard.models.takes import Bound, Take
from storyboard.models.teams import Membership, Role, Team, User
from storyboard.models.uses import ElementUse, VoiceUse
from storyboard.models.verdicts import ShotVerdict
from storyboard.models.voices import Voice, VoiceKind

__all__ = [
    "CREATION_MOVES",
    "LONGEST_DESCRIPTION",
    "LONGEST_NAME",
    "LONGEST_TAG",
    "MOST_EDITS",
    "MOST_OTHER_PICTURES",
    "MOST_SHOTS",
    "MOST_TAGS",
    "MOST_TAKES",
    "SENTENCES",
    "STORED_PROMPT",
    "Account",
    "Activity",
    "Affected",
    "Animatic",
    "Attached",
    "Bound",
    "Call",
    "Conflict",
    "Creation",
    "CreationStatus",
    "Decision",
    "Doorbell",
    "Edit",
    "Element",
    "ElementKind",
    "ElementPicture",
    "ElementUse",
    "ElementVersion",
    "FrozenShot",
    "Generation",
    "Heartbeat",
    "Installation",
    "KeptFile",
    "Lease",
    "Look",
    "Mask",
    "Membership",
    "NotAllowedNow",
    "NotReady",
    "Note",
    "NoteAnswer",
    "NoteFile",
    "NoteKind",
    "NoteMention",
    "NoteWording",
    "Order",
    "Outcome",
    "Picture",
    "Presence",
    "Preset",
    "PresetList",
    "Project",
    "Receipt",
    "RedoReason",
    "Review",
    "Revision",
    "RevisionElement",
    "RevisionVoice",
    "Role",
    "Shooting",
    "Shot",
    "ShotVerdict",
    "Stage",
    "Status",
    "Storyboard",
    "Take",
    "TakeDecision",
    "Team",
    "Undone",
    "Usage",
    "User",
    "Voice",
    "VoiceKind",
    "VoiceUse",
    "Zombie",
    "affected_by_removing",
    "digest",
    "fit",
    "recorded",
    "send_for_review",
    "spread",
    "steps_of",
    "usage_of",
]
