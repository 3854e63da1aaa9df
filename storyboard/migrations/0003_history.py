"""What the history searches and adds up stands on each activity; older ones are filled in."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.utils.translation import override

from storyboard.models.activity import SENTENCES, sentence_of
from storyboard.models.search_words import words_of

AT_ONCE = 500


def fill(apps: Any, schema_editor: Any) -> None:
    activity = apps.get_model("storyboard", "Activity")
    costs = _costs(apps.get_model("storyboard", "Generation"))
    takes = _takes(apps.get_model("storyboard", "Take"))
    changed = []
    for row in activity.objects.order_by("pk").iterator(chunk_size=AT_ONCE):
        with override("en"):
            said = sentence_of(row.verb, row.data) if row.verb in SENTENCES else row.verb
        row.search_words = words_of(row.actor_name, said, row.data)
        if row.verb == "generation.ordered":
            row.money_milli = costs.get(row.data.get("generation"))
        elif row.verb in ("generation.failed", "generation.refused", "generation.withdrawn"):
            row.money_milli = 0
        elif row.verb == "take.stored":
            row.money_milli, row.film_ms = takes.get(row.data.get("take_key"), (None, None))
        changed.append(row)
        if len(changed) == AT_ONCE:
            _save(activity, changed)
    _save(activity, changed)


def _save(activity: Any, changed: list[Any]) -> None:
    activity.objects.bulk_update(changed, ["search_words", "money_milli", "film_ms"])
    changed.clear()


def _costs(generation: Any) -> dict[str, int]:
    return dict(generation.objects.values_list("key", "money_milli"))


def _takes(take: Any) -> dict[str, tuple[int, int]]:
    rows = take.objects.values_list("key", "generation__money_milli", "duration_ms")
    return {key: (money, film) for key, money, film in rows}


class Migration(migrations.Migration):
    dependencies = [
        ("storyboard", "0002_presence"),
    ]

    operations = [
        migrations.AddField("activity", "search_words", models.TextField(blank=True, default="")),
        migrations.AddField("activity", "money_milli", models.PositiveBigIntegerField(null=True)),
        migrations.AddField("activity", "film_ms", models.PositiveBigIntegerField(null=True)),
        migrations.AddIndex(
            "activity",
            models.Index(
                fields=["project", "verb", "serial"], name="storyboard__project_92c7a8_idx"
            ),
        ),
        migrations.AddIndex(
            "activity",
            models.Index(
                fields=["project", "actor", "serial"], name="storyboard__project_e54f88_idx"
            ),
        ),
        migrations.AddIndex(
            "activity",
            models.Index(fields=["project", "at"], name="storyboard__project_33430a_idx"),
        ),
        migrations.AddIndex(
            "activity",
            models.Index(fields=["storyboard", "serial"], name="storyboard__storybo_84f68b_idx"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
