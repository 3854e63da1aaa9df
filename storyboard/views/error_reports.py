"""What an error report may show: the way to the error, and nothing that was typed or opened."""

from __future__ import annotations

from collections.abc import ItemsView
from types import TracebackType
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter


class HideSecrets(SafeExceptionReporterFilter):
    """Django's own filter, also while DEBUG is on: there its page would show typed keys.

    Fields named like a secret are starred; the values of local variables, where an opened key may
    stand under any name, are left out altogether.
    """

    def is_active(self, request: HttpRequest | None) -> bool:
        """Whatever DEBUG says."""
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        """What was posted, the secrets starred by their names."""
        if request is None:
            return {}
        return {name: self.cleanse_setting(name, value) for name, value in request.POST.items()}

    def get_traceback_frame_variables(
        self, request: HttpRequest | None, tb_frame: TracebackType
    ) -> ItemsView[str, Any]:
        """None."""
        return ItemsView({})
