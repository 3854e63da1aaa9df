"""Why a shot of a take is to be made again: a short list, so that reasons add up."""

from django.db import models
from django.utils.translation import gettext_lazy


class RedoReason(models.TextChoices):
    IDENTITY = "identity", gettext_lazy("Identity")
    HANDS = "hands", gettext_lazy("Hands")
    CAMERA = "camera", gettext_lazy("Camera")
    TEXT = "text", gettext_lazy("Text in the picture")
    LIP_SYNC = "lip_sync", gettext_lazy("Lip sync")
    CONTINUITY = "continuity", gettext_lazy("Continuity")
    QUALITY = "quality", gettext_lazy("Quality")
    POLICY = "policy", gettext_lazy("Policy")
    OTHER = "other", gettext_lazy("Something else")
