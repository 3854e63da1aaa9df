import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import storyboard.models.base


class Migration(migrations.Migration):
    dependencies = [
        ("storyboard", "0019_begun_creations"),
    ]

    operations = [
        migrations.CreateModel(
            name="NoteFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        default=storyboard.models.base.new_key,
                        editable=False,
                        max_length=22,
                        unique=True,
                    ),
                ),
                ("file", models.CharField(max_length=120)),
                ("name", models.CharField(max_length=120)),
                ("size_bytes", models.PositiveIntegerField()),
                ("content_type", models.CharField(max_length=40)),
                ("sha256", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="NoteMention",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="NoteWording",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("words", models.TextField(blank=True)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ("number",),
            },
        ),
        migrations.AddField(
            model_name="note",
            name="drawing",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="note",
            name="edited_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="note",
            name="end_ms",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="note",
            name="is_for_client",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="note",
            name="kind",
            field=models.CharField(
                choices=[
                    ("moment", "Moment"),
                    ("range", "Range"),
                    ("shot", "Shot"),
                    ("general", "General"),
                ],
                default="moment",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="note",
            name="parent",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="replies",
                to="storyboard.note",
            ),
        ),
        migrations.AddField(
            model_name="note",
            name="removed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="note",
            name="removed_by_name",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
        migrations.AddField(
            model_name="note",
            name="resolved_on",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="storyboard.take",
            ),
        ),
        migrations.AddField(
            model_name="note",
            name="wanted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="note",
            name="wanted_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="note",
            name="words",
            field=models.TextField(blank=True, max_length=4000),
        ),
        migrations.AddIndex(
            model_name="note",
            index=models.Index(fields=["take", "at_ms"], name="storyboard__take_id_c7a676_idx"),
        ),
        migrations.AddConstraint(
            model_name="note",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["moment", "range", "shot", "general"])),
                name="note_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="note",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("end_ms__gt", models.F("at_ms")),
                        ("end_ms__isnull", False),
                        ("kind", "range"),
                    ),
                    models.Q(models.Q(("kind", "range"), _negated=True), ("end_ms", None)),
                    _connector="OR",
                ),
                name="note_end_of_a_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="note",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("parent", None),
                    models.Q(("at_ms", 0), ("kind", "general"), ("shot_key", "")),
                    _connector="OR",
                ),
                name="note_reply_without_place",
            ),
        ),
        migrations.AddField(
            model_name="notefile",
            name="note",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="files",
                to="storyboard.note",
            ),
        ),
        migrations.AddField(
            model_name="notemention",
            name="note",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="mentions",
                to="storyboard.note",
            ),
        ),
        migrations.AddField(
            model_name="notemention",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="mentions",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="notewording",
            name="note",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="wordings",
                to="storyboard.note",
            ),
        ),
        migrations.AddIndex(
            model_name="notemention",
            index=models.Index(fields=["user", "seen_at"], name="storyboard__user_id_30e0fb_idx"),
        ),
        migrations.AddConstraint(
            model_name="notemention",
            constraint=models.UniqueConstraint(fields=("note", "user"), name="one_mention_each"),
        ),
        migrations.AddConstraint(
            model_name="notewording",
            constraint=models.UniqueConstraint(
                fields=("note", "number"), name="wording_number_once"
            ),
        ),
    ]
