"""What the history searches and adds up stands on each activity; older ones are filled in."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.utils.translation import override

from storyboard.models.activity import SENTENCES, sentence_of
from storyboard.models.search_words import words_of

AT_ONCE = 500
_UNKNOWN = (None, None)
_ENDS = ("generation.failed", "generation.refused", "generation.withdrawn", "generation.lost")


def fill(apps: Any, schema_editor: Any) -> None:
    activity = apps.get_model("storyboard", "Activity")
    orders = _orders(apps.get_model("storyboard", "Generation"))
    takes = _takes(apps.get_model("storyboard", "Take"))
    changed = []
    for row in activity.objects.order_by("pk").iterator(chunk_size=AT_ONCE):
        with override("en"):
            said = sentence_of(row.verb, row.data) if row.verb in SENTENCES else row.verb
        row.search_words = words_of(row.actor_name, said, row.data)
        if row.verb == "generation.ordered":
            row.money_milli, _ended = orders.get(row.data.get("generation"), _UNKNOWN)
        elif row.verb in _ENDS:
            _ordered, row.money_milli = orders.get(row.data.get("generation"), _UNKNOWN)
        elif row.verb == "take.stored":
            generation, row.film_ms = takes.get(row.data.get("take_key"), _UNKNOWN)
            _ordered, row.money_milli = orders.get(generation, _UNKNOWN)
        changed.append(row)
        if len(changed) == AT_ONCE:
            _save(activity, changed)
    _save(activity, changed)


def _save(activity: Any, changed: list[Any]) -> None:
    activity.objects.bulk_update(changed, ["search_words", "money_milli", "film_ms"])
    changed.clear()


def _orders(generation: Any) -> dict[str, tuple[int, int]]:
    """Order's key → what was ordered, and what it came to as `Generation.charged_milli` tells."""
    names = ("key", "status", "money_milli", "units_milli", "final_units_milli")
    return {
        key: (money, _came_to(status, money, units, final))
        for key, status, money, units, final in generation.objects.values_list(*names)
    }


def _came_to(status: str, money: int, units: int, final: int | None) -> int:
    if final is not None and units:
        return -(-final * money // units)
    return 0 if status in ("failed", "rejected", "cancelled") else money


def _takes(take: Any) -> dict[str, tuple[str, int]]:
    rows = take.objects.values_list("key", "generation__key", "duration_ms")
    return {key: (generation, film) for key, generation, film in rows}


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
