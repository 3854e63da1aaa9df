"""Takes: a copy browsers play, how loud they are, what came that was refused, who knows of it."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("storyboard", "0006_signed_callbacks"),
    ]

    operations = [
        migrations.AddField(
            model_name="take",
            name="playable",
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AddField(
            model_name="take",
            name="peaks",
            field=models.BinaryField(default=bytes),
        ),
        migrations.AddField(
            model_name="take",
            name="refusals",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="take",
            name="told_late_days",
            field=models.PositiveSmallIntegerField(default=0),
        ),
    ]
