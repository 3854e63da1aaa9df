"""The one application."""

import logging
import re

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

_CALLBACK = re.compile(r"(/callbacks/kling/)[^/\s\"']+")


class StoryboardConfig(AppConfig):
    name = "storyboard"
    verbose_name = "Greenlight"

    def ready(self) -> None:
        autodiscover_modules("checks")


class HideTokens(logging.Filter):
    """Takes callback tokens out of log lines: the address itself is a secret."""

    def filter(self, record: logging.LogRecord) -> bool:
        words = record.getMessage()
        if "/callbacks/kling/" in words:
            record.msg, record.args = _CALLBACK.sub(r"\1[token]", words), ()
        return True
