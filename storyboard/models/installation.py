"""What belongs to the installation itself: its name, and who sweeps."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone

# As pyproject.toml has it: a worker and the pages may be of two.
VERSION = "0.1.0"
# A duty is looked after each second; half a minute without is an absence.
SILENCE = timedelta(seconds=30)
# For this many seconds a duty is held each time.
LEASE = 5.0


class Installation(models.Model):
    """This installation's own eight characters, the head of every external task id."""

    name = models.CharField(max_length=8)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def head(cls) -> str:
        row, _made = cls.objects.get_or_create(pk=1, defaults={"name": secrets.token_hex(4)})
        return row.name


class Lease(models.Model):
    """Who sweeps: one row a duty, renewed each second."""

    name = models.CharField(max_length=20, unique=True)
    owner = models.CharField(max_length=120)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.owner}"

    @classmethod
    @transaction.atomic
    def hold(cls, name: str, *, owner: str, seconds: float) -> bool:
        """Take or renew it; False while somebody else holds it."""
        now = timezone.now()
        until = now + timedelta(seconds=seconds)
        cls.objects.get_or_create(name=name, defaults={"owner": owner, "until": until})
        return bool(
            cls.objects.filter(name=name)
            .filter(models.Q(owner=owner) | models.Q(until__lt=now))
            .update(owner=owner, until=until)
        )

    @classmethod
    def is_looked_after(cls, name: str) -> bool:
        """False when nobody has held it for SILENCE."""
        return cls.objects.filter(name=name, until__gt=timezone.now() - SILENCE).exists()
