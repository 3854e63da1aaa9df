"""People, and teams with their members and accounts."""

from __future__ import annotations

import random
from typing import Any, Literal

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.models.accounts import Account, usual_reading
from storyboard.models.activity import Activity
from storyboard.models.base import Keyed, NotAllowedNow

HUES = 24


def _any_hue() -> int:
    return random.randrange(HUES)  # noqa: S311  (a colour, not a secret)


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A person; without a password they cannot sign in until they set one."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(Keyed, AbstractBaseUser, PermissionsMixin):
    """A person who signs in by e-mail."""

    class Theme(models.TextChoices):
        DARK = "dark", gettext_lazy("Dark")
        LIGHT = "light", gettext_lazy("Light")
        SYSTEM = "system", gettext_lazy("As the system")

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=80, blank=True)
    hue = models.PositiveSmallIntegerField(default=_any_hue)
    theme = models.CharField(max_length=8, choices=Theme, default=Theme.DARK)
    time_zone = models.CharField(max_length=64, blank=True)
    single_keys = models.BooleanField(default=True)  # letters and digits do something by themselves
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    def __str__(self) -> str:
        return self.name or self.email.partition("@")[0]

    @property
    def initials(self) -> str:
        words = str(self).replace(".", " ").split()
        return "".join(word[0] for word in words[:2]).upper()


class Role(models.TextChoices):
    OWNER = "owner", gettext_lazy("Owner")
    PRODUCER = "producer", gettext_lazy("Producer")
    AUTHOR = "author", gettext_lazy("Author")
    REVIEWER = "reviewer", gettext_lazy("Reviewer")


class Team(Keyed):
    """People who share projects, a library and accounts."""

    name = models.CharField(max_length=80)
    serial = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    account = models.ForeignKey(
        "Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    def __str__(self) -> str:
        return self.name

    @classmethod
    @transaction.atomic
    def start(cls, name: str, *, owner: User) -> Team:
        """Make a team and its first owner."""
        team = cls.objects.create(name=name)
        Membership.objects.create(team=team, user=owner, role=Role.OWNER)
        Activity.append("team.created", by=owner, team=team, name=name)
        return team

    @transaction.atomic
    def add_member(self, email: str, *, role: str, name: str = "", by: User) -> Membership:
        """Add a person by e-mail; someone new gets a sign-in without a password yet."""
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            user = User.objects.create_user(email, name=name)
        membership, made = Membership.objects.get_or_create(
            team=self, user=user, defaults={"role": role}
        )
        if not made:
            raise NotAllowedNow(
                _("%(who)s is already a member of %(team)s.") % {"who": user, "team": self},
                "already_member",
            )
        Activity.append("member.added", by=by, team=self, who=str(user), role=role)
        return membership

    @transaction.atomic
    def add_account(
        self,
        name: str,
        *,
        profile: str,
        address: str,
        credential: str,
        by: User | None,
        auth: Literal["key", "pair"] = "key",
        reading: str = "",
        slots: int = 5,
        follows_end_frame_change: bool = False,
    ) -> Account:
        """Keep a contract with Kling; the first one becomes the team's default.

        `credential` is an API key, or for a pair `<access key>:<secret key>`; an empty `reading`
        is the usual one of the profile.
        """
        account = Account(
            team=self,
            name=name,
            profile=profile,
            address=address.rstrip("/"),
            auth=auth,
            reading=reading or usual_reading(profile),
            slots=slots,
            follows_end_frame_change=follows_end_frame_change,
        )
        account.save()
        account.set_credential(credential)
        if self.account is None:
            self.account = account
            self.save(update_fields=["account"])
        Activity.append("account.added", by=by, team=self, name=name, address=account.address)
        return account

    @transaction.atomic
    def make_default(self, account: Account, *, by: User) -> None:
        """Projects that chose no account of their own order with this one from now on."""
        if self.account_id == account.pk:
            return
        self.account = account
        self.save(update_fields=["account"])
        Activity.append("account.made_default", by=by, team=self, name=account.name)

    @property
    def has_one_member(self) -> bool:
        return self.memberships.filter(user__is_active=True).count() == 1


class Membership(Keyed):
    """A person's place in a team."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["team", "user"], name="one_membership_each"),
            models.CheckConstraint(
                condition=models.Q(role__in=[value for value, _label in Role.choices]),
                name="membership_role_known",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"

    @transaction.atomic
    def change_role(self, role: str, *, by: User) -> None:
        if role == self.role:
            return
        self._keep_an_owner(_("Make somebody else owner first."))
        before, self.role = self.role, role
        self.save(update_fields=["role"])
        Activity.append(
            "member.role_changed", by=by, team=self.team, who=str(self.user), before=before,
            to=role,
        )  # fmt: skip

    @transaction.atomic
    def remove(self, *, by: User) -> None:
        """Take the person out of the team; what they made stays, under their name."""
        self._keep_an_owner(_("A team needs an owner: make somebody else owner first."))
        Activity.append("member.removed", by=by, team=self.team, who=str(self.user))
        self.delete()

    def _keep_an_owner(self, words: str) -> None:
        # The rows themselves: a count would take no lock, and two owners could remove each other.
        owners = Membership.objects.select_for_update(no_key=True).filter(
            team=self.team, role=Role.OWNER
        )
        if [owner.pk for owner in owners.order_by("pk")] == [self.pk]:
            raise NotAllowedNow(words, "last_owner")
