"""Taking one's own changes of a draft back, and making them again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from storyboard.access import signed_in
from storyboard.models import Storyboard, Undone
from storyboard.views import editor
from storyboard.views.drafts import changes_draft


@changes_draft(Storyboard)
def undo(request: HttpRequest, storyboard: Storyboard) -> HttpResponse:
    """Take the person's last change back as far as it stands; 422 where there is none."""
    return _told(request, storyboard, storyboard.undo(by=signed_in(request)))


@changes_draft(Storyboard)
def redo(request: HttpRequest, storyboard: Storyboard) -> HttpResponse:
    """Make the change again that the person undid last; 422 where there is none."""
    return _told(request, storyboard, storyboard.redo(by=signed_in(request)))


def _told(request: HttpRequest, storyboard: Storyboard, undone: Undone) -> HttpResponse:
    """Say what is as it was and what stays; the focus goes to the shot it was about."""
    level = "info" if undone.left else "success"
    if editor.is_script(request):
        focus = f"shot-{undone.shots[0]}" if undone.shots else ""
        toast = editor.Toast(undone.words, level)
        return editor.parts(request, storyboard.key, editor.Attempt(), focus=focus, toast=toast)
    messages.add_message(request, getattr(messages, level.upper()), undone.words)
    place = f"#shot-{undone.shots[0]}" if undone.shots else ""
    return redirect(f"{reverse('storyboard', args=[storyboard.key])}{place}")
