"""Signed callbacks: since when an account signs, and one receipt per webhook id."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


def forget_repeated_ids(apps: Any, schema_editor: Any) -> None:
    """A webhook id that came with several bodies stays with the first of them."""
    receipts = apps.get_model("storyboard", "Receipt").objects
    first: set[tuple[int, str]] = set()
    named = receipts.exclude(webhook_id="").order_by("pk")
    for pk, generation, webhook_id in named.values_list("pk", "generation_id", "webhook_id"):
        if (generation, webhook_id) in first:
            receipts.filter(pk=pk).update(webhook_id="")
        first.add((generation, webhook_id))


class Migration(migrations.Migration):
    dependencies = [
        ("storyboard", "0005_account_dialects"),
    ]

    operations = [
        migrations.AddField(
            model_name="account",
            name="callbacks_signed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(forget_repeated_ids, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("webhook_id", ""), _negated=True),
                fields=("generation", "webhook_id"),
                name="one_receipt_per_webhook_id",
            ),
        ),
    ]
