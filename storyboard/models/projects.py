"""A team's containers for storyboards and history."""

from __future__ import annotations

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from storyboard.models.accounts import Account
from storyboard.models.activity import Activity
from storyboard.models.base import Keyed, NotAllowedNow
from storyboard.models.teams import Team, User


class Project(Keyed):
    """A film, a campaign, an episode: storyboards and everything that happened to them."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="projects")
    name = models.CharField(max_length=80)
    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="projects"
    )
    no_second_person = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    serial = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return self.name

    @classmethod
    @transaction.atomic
    def start(cls, name: str, *, team: Team, by: User) -> Project:
        project = cls.objects.create(team=team, name=name)
        Activity.append("project.created", by=by, project=project, name=name)
        return project

    @transaction.atomic
    def rename(self, name: str, *, by: User) -> None:
        if name == self.name:
            return
        before, self.name = self.name, name
        self.save(update_fields=["name"])
        Activity.append("project.renamed", by=by, project=self, before=before, to=name)

    @transaction.atomic
    def choose_account(self, account: Account | None, *, by: User) -> None:
        """Order with this account of the team; None: with whichever is the team's default."""
        if account == self.account:
            return
        assert account is None or account.team_id == self.team_id  # noqa: S101
        self.account = account
        self.save(update_fields=["account"])
        name = str(account or self.team.account or "…")
        Activity.append("project.account_chosen", by=by, project=self, name=name)

    @transaction.atomic
    def archive(self, *, by: User) -> None:
        if self.archived_at is None:
            self.archived_at = timezone.now()
            self.save(update_fields=["archived_at"])
            Activity.append("project.archived", by=by, project=self)

    @transaction.atomic
    def restore(self, *, by: User) -> None:
        if self.archived_at is not None:
            self.archived_at = None
            self.save(update_fields=["archived_at"])
            Activity.append("project.restored", by=by, project=self)

    def check_not_archived(self) -> None:
        """Archived things are read, not changed and not paid for."""
        if self.archived_at is not None:
            raise NotAllowedNow(
                _("This project is archived. Nothing was changed. Restore the project to go on."),
                "archived",
            )

    @transaction.atomic
    def ask_second_person(self, *, by: User) -> None:
        if self.no_second_person:
            self.no_second_person = False
            self.save(update_fields=["no_second_person"])
            Activity.append("project.no_second_person_cleared", by=by, project=self)

    @transaction.atomic
    def ask_no_second_person(self, *, by: User) -> None:
        """Let one person approve their own revision, where that can hurt nobody else."""
        if self.no_second_person:
            return
        if not self.may_do_without_second_person:
            raise NotAllowedNow(
                _(
                    "The team has more than one member and the account is a real one, so a "
                    "second person approves. Nothing was changed."
                ),
                "needs_second_person",
            )
        self.no_second_person = True
        self.save(update_fields=["no_second_person"])
        Activity.append("project.no_second_person_set", by=by, project=self)

    @property
    def may_do_without_second_person(self) -> bool:
        account = self.ordering_account
        return self.team.has_one_member or (account is not None and account.is_simulator)

    @property
    def waives_second_person(self) -> bool:
        """The switch is on and still allowed today."""
        return self.no_second_person and self.may_do_without_second_person

    @property
    def ordering_account(self) -> Account | None:
        """The account that pays: the project's own, else the team's default."""
        return self.account or self.team.account
