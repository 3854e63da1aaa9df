"""A project's name, its team, and its switch."""

from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from storyboard.models import Account, Project, Stage, Team
from storyboard.models.wall import WAITING, WallAsked


def name_field(noun: object) -> forms.CharField:
    """One line of 1 to 80 characters; `noun` ("the project") stands in the words."""
    return forms.CharField(
        label=_("Name"),
        max_length=80,
        error_messages={
            "required": _("Write a name for %(noun)s.") % {"noun": noun},
            "max_length": _("A name has 80 characters at most; this one has %(show_value)d."),
        },
    )


class WallForm(forms.Form):
    """What is shown of a wall: a GET form; a field that makes no sense asks for nothing."""

    q = forms.CharField(label=_("Search"), required=False, max_length=80)
    stage = forms.ChoiceField(
        required=False, choices=[*Stage.choices, (WAITING, _("Waiting for you"))]
    )
    sort = forms.ChoiceField(required=False, choices=[("name", _("By name"))])

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.is_valid()

    @property
    def asked(self) -> WallAsked:
        said = self.cleaned_data
        return WallAsked(
            words=said.get("q", ""), stage=said.get("stage", ""), by_name=bool(said.get("sort"))
        )

    def query(self, **changes: object) -> str:
        """The filters as they stand in an address, some replaced; "" when there are none."""
        said = {name: self.cleaned_data.get(name) for name in self.fields} | changes
        return urlencode({name: value for name, value in said.items() if value})


class ProjectForm(forms.Form):
    """A new project: its name, and its team where the person may choose among several."""

    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.objects.none(), to_field_name="key", empty_label=None
    )
    name = name_field(_("the project"))

    def __init__(self, data: QueryDict | None, *, teams: list[Team], team: Team) -> None:
        super().__init__(data)
        self.fields["name"].widget.attrs["autofocus"] = True
        if len(teams) < 2:
            del self.fields["team"]
            return
        choice = self.fields["team"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101
        choice.queryset = Team.objects.filter(pk__in=[team.pk for team in teams]).order_by("name")
        choice.initial = team.key


class ProjectSettingsForm(forms.Form):
    """What a leader may change; the switch is there for owners only.

    `cleaned_data["account"]` is None for the team's default, whichever that is.
    """

    name = name_field(_("the project"))
    account = forms.ModelChoiceField(
        label=_("Account"),
        queryset=Account.objects.none(),
        to_field_name="key",
        required=False,
        help_text=_(
            "Takes are ordered there. With another account, approvals of before are not valid any "
            "more: storyboards are sent for review again."
        ),
        error_messages={"invalid_choice": _("The team has no such account. Choose another.")},
    )
    no_second_person = forms.BooleanField(
        label=_("No second person"),
        required=False,
        help_text=_(
            "Who sent a revision may approve it alone. The history says so, and so does every take."
        ),
    )

    def __init__(self, data: QueryDict | None, *, project: Project, may_waive: bool) -> None:
        initial = {
            "name": project.name,
            "account": project.account and project.account.key,
            "no_second_person": project.no_second_person,
        }
        super().__init__(data, initial=initial)
        self._offer_accounts(project)
        if not may_waive:
            del self.fields["no_second_person"]

    def _offer_accounts(self, project: Project) -> None:
        """Those that are on, and the one chosen before; no choice where there is none."""
        is_on = Q(closed_at=None) | Q(pk=project.account_id)
        offered = project.team.accounts.filter(is_on).order_by("name", "pk")
        choice = self.fields["account"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101
        choice.queryset = offered
        choice.empty_label = gettext("The team's default, %(name)s") % {
            "name": project.team.account or "–"
        }
        if not offered:
            del self.fields["account"]
