"""A project's name, its team, and its switch."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from storyboard.models import Project, Team


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
    """What a leader may change; the switch is there for owners only."""

    name = name_field(_("the project"))
    no_second_person = forms.BooleanField(
        label=_("No second person"),
        required=False,
        help_text=_(
            "Who sent a revision may approve it alone. The history says so, and so does every take."
        ),
    )

    def __init__(self, data: QueryDict | None, *, project: Project, may_waive: bool) -> None:
        initial = {"name": project.name, "no_second_person": project.no_second_person}
        super().__init__(data, initial=initial)
        if not may_waive:
            del self.fields["no_second_person"]
