"""Who may see and do what: one place.

Seeing: querysets that start from the person; what is not in them does not exist for them (404).
Doing: one table of roles and verbs; seen but not allowed is 403, and no button is drawn for it.
"""

from __future__ import annotations

from typing import TypeVar

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from storyboard.models import (
    Account,
    Activity,
    Animatic,
    Creation,
    Element,
    ElementVersion,
    Generation,
    Mask,
    Membership,
    Note,
    NoteFile,
    Picture,
    Project,
    Revision,
    Role,
    Shot,
    Storyboard,
    Take,
    Team,
    User,
    Voice,
)

_MAKERS = frozenset({Role.OWNER, Role.PRODUCER, Role.AUTHOR})
_DECIDERS = frozenset({Role.OWNER, Role.PRODUCER, Role.REVIEWER})
_LEADERS = frozenset({Role.OWNER, Role.PRODUCER})
_EVERYBODY = frozenset(Role)

ROLES_BY_VERB: dict[str, frozenset[Role]] = {
    "see": _EVERYBODY,
    "edit": _MAKERS,
    "send_for_review": _MAKERS,
    "withdraw": _MAKERS,
    "generate": _MAKERS,
    "accept_unknown_price": _LEADERS,
    "decide": _DECIDERS,
    "judge": _DECIDERS,
    "pick": _LEADERS,
    "note": _EVERYBODY,
    "tend_notes": _LEADERS,
    "run_project": _LEADERS,
    "waive_second_person": frozenset({Role.OWNER}),
    "manage_members": frozenset({Role.OWNER}),
    "manage_accounts": frozenset({Role.OWNER}),
    "see_health": frozenset({Role.OWNER}),
    "see_callbacks": frozenset({Role.OWNER}),
    "see_calls": _LEADERS,
    "release": _LEADERS,
    "give_up": _LEADERS,
}

# What nobody does to an archived storyboard's takes and notes, nor to its draft.
_ARCHIVED_NOT = frozenset({"edit", "decide", "judge", "pick", "note"})

Row = TypeVar("Row", bound=Model)

# How each noun reaches its team.
_TEAM_OF: dict[type[Model], str] = {
    Team: "",
    Membership: "team",
    Account: "team",
    Project: "team",
    Element: "team",
    Voice: "team",
    ElementVersion: "element__team",
    Creation: "account__team",
    Picture: "team",
    Mask: "team",
    Activity: "team",
    Storyboard: "project__team",
    Shot: "storyboard__project__team",
    Revision: "storyboard__project__team",
    Generation: "order__revision__storyboard__project__team",
    Take: "storyboard__project__team",
    Animatic: "storyboard__project__team",
    Note: "take__storyboard__project__team",
    NoteFile: "note__take__storyboard__project__team",
}


def visible_to(user: User | AnonymousUser, model: type[Row]) -> QuerySet[Row]:
    """The rows of a noun that exist for this person."""
    if not user.is_authenticated:
        return model._default_manager.none()
    path = _TEAM_OF[model]
    lookup = f"{path}__memberships__user" if path else "memberships__user"
    return model._default_manager.filter(**{lookup: user})


def fetch(request: HttpRequest, model: type[Row], key: str, verb: str = "see", *, related: tuple[str, ...] = ()) -> Row:  # fmt: skip  # noqa: E501
    """The row with this key: 404 unless visible, 403 unless this person's role has the verb."""
    rows = visible_to(request.user, model).select_related(*related)
    row = get_object_or_404(rows, key=as_key(key))
    if verb != "see":  # every member may: who is none has had the 404
        require(request, team_of(row), verb)
    return row


def as_key(words: str) -> str:
    """Words of an address that may be a key: 404 for what PostgreSQL refuses to look up."""
    if "\0" in words:
        raise Http404
    return words


def require(request: HttpRequest, team: Team, verb: str) -> None:
    """403 unless this person's role in the team has the verb."""
    if not may(request.user, team, verb):
        raise PermissionDenied(verb)


def may(user: User | AnonymousUser, team: Team, verb: str) -> bool:
    """Whether this person's role in the team has the verb."""
    role = role_in(user, team)
    return role is not None and role in ROLES_BY_VERB[verb]


def verbs_of(user: User | AnonymousUser, team: Team) -> dict[str, bool]:
    """Every verb with a yes or no, for a page to draw its buttons by: one query."""
    return verbs_of_role(role_in(user, team))


def verbs_of_role(role: str | None) -> dict[str, bool]:
    """The same where the role is known; None for a stranger."""
    return {verb: role in roles for verb, roles in ROLES_BY_VERB.items()}


def verbs_on(user: User | AnonymousUser, board: Storyboard) -> dict[str, bool]:
    """Every verb with a yes or no for this storyboard, which archived is only read: one query."""
    verbs = verbs_of(user, board.project.team)
    if board.is_archived:
        verbs |= dict.fromkeys(_ARCHIVED_NOT, False)
    return verbs


def role_in(user: User | AnonymousUser, team: Team) -> Role | None:
    if not user.is_authenticated:
        return None
    role = Membership.objects.filter(team=team, user=user).values_list("role", flat=True).first()
    return Role(role) if role else None


def signed_in(request: HttpRequest) -> User:
    """The person behind a request; 403 for nobody, where a view forgot `login_required`."""
    if not isinstance(request.user, User):
        raise PermissionDenied("sign in")
    return request.user


def teams_allowing(user: User, verb: str) -> list[Team]:
    """The person's teams in which their role has the verb, by name."""
    roles = ROLES_BY_VERB[verb]
    mine = Team.objects.filter(memberships__user=user, memberships__role__in=roles)
    return list(mine.order_by("name", "pk"))


def may_decide(user: User, revision: Revision) -> bool:
    """Deciders, but nobody their own revision, unless the project waives the second person."""
    project = revision.storyboard.project
    if not may(user, project.team, "decide"):
        return False
    return revision.sent_by_id != user.pk or project.waives_second_person


def may_tend(user: User | AnonymousUser, note: Note) -> bool:
    """Whose words they are, and leaders: they remove a note, and say whether the client sees it.

    A page asks for the verb once and compares the people.
    """
    team = team_of(note)
    return may(user, team, "tend_notes") or (note.by_id == user.pk and may(user, team, "note"))


def team_of(row: Model) -> Team:
    """The team a row belongs to."""
    for name in _TEAM_OF[type(row)].split("__") if _TEAM_OF[type(row)] else ():
        row = getattr(row, name)
    assert isinstance(row, Team)  # noqa: S101
    return row
