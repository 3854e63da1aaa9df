"""One's own settings: name, theme, time zone, keys."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from storyboard.access import signed_in
from storyboard.forms.person import PersonForm
from storyboard.models import User


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def settings(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    form = PersonForm(request.POST if request.method == "POST" else None, person=person)
    if request.method == "POST" and form.is_valid():
        User.objects.filter(pk=person.pk).update(**form.cleaned_data)
        messages.success(request, _("Your settings are saved."))
        return redirect("account_settings")
    status = 422 if request.method == "POST" else 200
    return render(request, "storyboard/person/settings.html", {"form": form}, status=status)
