"""The least a view of the same shape must do, on the same server, behind the same middleware."""

from __future__ import annotations

from functools import cache

from django.contrib.auth.decorators import login_required
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.template import Template, engines
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

TABLE = "bench_knock"
# The columns of a stored callback, without its foreign key.
CREATE = f"""CREATE TABLE {TABLE} (
    generation bigint NOT NULL,
    body {{blob}} NOT NULL,
    body_sha256 varchar(64) NOT NULL,
    webhook_id varchar(80) NOT NULL,
    received_at timestamp NOT NULL
)"""
_INSERT = f"INSERT INTO {TABLE} VALUES (%s, %s, %s, %s, CURRENT_TIMESTAMP)"
# Six shots are about 2 KB, as in RELIABILITY D1's bare template; repeated up to the page's size.
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title></head>
<body><h1>{{ title }}</h1>
{% for shot in shots %}<section id="shot-{{ shot.number }}"><h2>{{ shot.name }}</h2>
<p>{{ shot.prompt }}</p>
<p>{{ shot.seconds }} s</p></section>
{% endfor %}</body></html>
"""
_PROMPT = ("The keeper climbs the tower, lamp in hand, storm light over the sea. " * 4)[:276]
_SHOT_BYTES = 2048 // 6


@login_required
@require_GET
def page(request: HttpRequest, size: int) -> HttpResponse:
    """A bare template of about `size` bytes of HTML for whoever is signed in; no query of ours."""
    return page_of(request, size)


def page_of(request: HttpRequest, size: int) -> HttpResponse:
    return HttpResponse(_template().render({"title": "Floor", "shots": _shots(size)}, request))


@login_required
@require_POST
def save(request: HttpRequest, size: int) -> HttpResponse:
    """One durable row by raw SQL for whoever is signed in, and a bare answer of `size` bytes."""
    _write(request.POST["prompt"].encode())
    return page_of(request, size)


@csrf_exempt
@require_POST
def knock(request: HttpRequest) -> HttpResponse:
    """One durable row by raw SQL."""
    _write(request.body)
    return HttpResponse(status=200)


def _write(body: bytes) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_INSERT, [1, body, "0" * 64, ""])


@cache
def _template() -> Template:
    """Rendered with the same context processors as every page of the product."""
    return engines["django"].from_string(_PAGE)


@cache
def _shots(size: int) -> list[dict[str, object]]:
    return [
        {"number": number, "name": f"Shot {number}", "prompt": _PROMPT, "seconds": 2}
        for number in range(size // _SHOT_BYTES)
    ]
