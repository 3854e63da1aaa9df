"""Adding somebody to a team, and what they may do in it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from storyboard.models import Role


class MemberForm(forms.Form):
    """A new member: e-mail, role, and a name for somebody who is new here altogether."""

    email = forms.EmailField(
        label=_("Email"),
        max_length=254,
        error_messages={
            "required": _("Write the person's e-mail address."),
            "invalid": _("This is not an e-mail address. It reads like name@example.com."),
        },
    )
    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=80,
        help_text=_("Only for somebody new; who signs in already keeps their own."),
        error_messages={
            "max_length": _("A name has 80 characters at most; this one has %(show_value)d.")
        },
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.AUTHOR)

    def clean(self) -> dict[str, Any]:
        """Without a name, the part of the address before the @ stands in."""
        data: dict[str, Any] = super().clean() or {}
        if not data.get("name") and "email" in data:
            data["name"] = data["email"].partition("@")[0][:80]
        return data


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
