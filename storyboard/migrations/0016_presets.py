import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("storyboard", "0015_library"),
    ]

    operations = [
        migrations.AddField(
            model_name="account",
            name="lends_pictures",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="PresetList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("told_elements", models.JSONField(default=list)),
                ("told_voices", models.JSONField(default=list)),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
                ("begun_at", models.DateTimeField(blank=True, null=True)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                ("words", models.CharField(blank=True, max_length=500)),
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="preset_list",
                        to="storyboard.account",
                    ),
                ),
            ],
        ),
    ]
