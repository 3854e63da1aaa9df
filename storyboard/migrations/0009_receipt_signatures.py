"""Receipts: how each was signed; a forged one does not keep out the true one of the same body."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("storyboard", "0008_heartbeats"),
    ]

    operations = [
        migrations.AddField(
            model_name="receipt",
            name="signature",
            field=models.CharField(
                blank=True,
                choices=[
                    ("valid", "Valid signature"),
                    ("absent", "Not signed"),
                    ("unchecked", "Signature not checked"),
                    ("bad", "Not rightly signed"),
                ],
                default="",
                max_length=9,
            ),
        ),
        migrations.RemoveConstraint(model_name="receipt", name="one_receipt_per_body"),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("signature", "bad"), _negated=True),
                fields=("generation", "body_sha256"),
                name="one_receipt_per_body",
            ),
        ),
    ]
