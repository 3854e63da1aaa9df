"""How loud Kling's sample of a voice is, for its waveform."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("storyboard", "0017_motion_brush")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="voice",
            name="trial_peaks",
            field=models.BinaryField(default=bytes),
        ),
    ]
