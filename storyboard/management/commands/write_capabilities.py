"""`python manage.py write_capabilities`: the pages that are made from the capability map."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from storyboard.management.capability_pages import page, with_support_table


class Command(BaseCommand):
    help = "Write docs/capabilities.md and the support table of README.md from the capability map."
    requires_system_checks: tuple[str, ...] = ()

    def handle(self, *args: Any, **options: Any) -> None:
        readme = settings.BASE_DIR / "README.md"
        readme.write_text(with_support_table(readme.read_text("utf-8")), "utf-8")
        written = settings.BASE_DIR / "docs" / "capabilities.md"
        written.write_text(page(), "utf-8")
        self.stdout.write(f"Written: {written.name} and the support table of {readme.name}.")
