"""What an account speaks and promises, whether it is on, and what its last test found."""

from __future__ import annotations

from typing import Any

import django.utils.timezone
from django.db import migrations, models
from django.db.models import F


def fill(apps: Any, schema_editor: Any) -> None:
    """Accounts there already: a gateway's documents rule it, and their keys are as old as they."""
    accounts = apps.get_model("storyboard", "Account").objects
    accounts.exclude(profile="official").update(reading="documents")
    accounts.update(key_set_at=F("created_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("storyboard", "0004_receipts_once"),
    ]

    operations = [
        migrations.AddField(
            model_name="account",
            name="auth",
            field=models.CharField(
                choices=[("key", "API key"), ("pair", "Access key and secret key")],
                default="key",
                max_length=4,
            ),
        ),
        migrations.AddField(
            model_name="account",
            name="closed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="account",
            name="follows_end_frame_change",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="account",
            name="key_set_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddField(
            model_name="account",
            name="reading",
            field=models.CharField(
                choices=[("map", "The public map of models"), ("documents", "The documents alone")],
                default="map",
                max_length=9,
            ),
        ),
        migrations.AddField(
            model_name="account",
            name="sealed_webhook_secret",
            field=models.BinaryField(default=bytes),
        ),
        migrations.AddField(
            model_name="account",
            name="test_asked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="account",
            name="test_begun_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="account",
            name="tested_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="account",
            name="tested_ok",
            field=models.BooleanField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="account",
            name="tested_packs",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="account",
            name="tested_words",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
