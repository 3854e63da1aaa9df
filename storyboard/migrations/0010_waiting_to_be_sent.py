"""Orders: since when one could not be sent, so that the wait has an end."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("storyboard", "0009_receipt_signatures"),
    ]

    operations = [
        migrations.AddField(
            model_name="generation",
            name="waits_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
