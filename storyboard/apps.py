"""The one application."""

import logging
import re

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

_SECRET = re.compile(r"(/callbacks/kling/|/lent/)[^/\s\"']+")


class StoryboardConfig(AppConfig):
    name = "storyboard"
    verbose_name = "Greenlight"

    def ready(self) -> None:
        autodiscover_modules("checks")


class HideTokens(logging.Filter):
    """Takes the tokens of callbacks and of what is lent to Kling out of log lines: such an address
    is itself the secret."""

    def filter(self, record: logging.LogRecord) -> bool:
        words = record.getMessage()
        if "/callbacks/kling/" in words or "/lent/" in words:
            record.msg, record.args = _SECRET.sub(r"\1[token]", words), ()
        return True
