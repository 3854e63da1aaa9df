"""The migration that gives older activities what the history searches and adds up."""

from __future__ import annotations

from importlib import import_module

from django.apps import apps
from django.db import connection

from storyboard.models import Activity, Note, Status, Take, User
from tests import builders

_FIELDS = ("pk", "search_words", "money_milli", "film_ms")
_BLANK: dict[str, object] = {"search_words": "", "money_milli": None, "film_ms": None}


def test_what_it_fills_in_is_what_is_written_today(take: Take, alice: User, bob: User) -> None:
    Note.add(take, "Closer on the hands.", at_ms=0, by=bob)
    failed = builders.bring_to(builders.order(take.revision, by=alice), Status.RUNNING)
    builders.advance(failed, Status.FAILED, final_units_milli=failed.units_milli // 3)
    builders.bring_to(builders.order(take.revision, by=alice), Status.LOST)
    today = list(Activity.objects.order_by("pk").values_list(*_FIELDS))
    Activity.objects.update(**_BLANK)
    import_module("storyboard.migrations.0003_history").fill(apps, connection.schema_editor())
    assert list(Activity.objects.order_by("pk").values_list(*_FIELDS)) == today


def test_an_activity_of_another_time_is_no_obstacle(take: Take) -> None:
    Activity.objects.filter(verb="take.stored").update(data={}, **_BLANK)
    Activity.objects.filter(verb="review.approved").update(verb="review.blessed", **_BLANK)
    import_module("storyboard.migrations.0003_history").fill(apps, connection.schema_editor())
    assert Activity.objects.get(verb="take.stored").money_milli is None
    assert "review.blessed" in Activity.objects.get(verb="review.blessed").search_words
