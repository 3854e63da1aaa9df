"""The ASGI door, for the embedded server."""

import os

from django.core.asgi import get_asgi_application

from kling_web.lanes import in_lanes
from kling_web.limits import capped

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kling_web.settings")
application = capped(in_lanes(get_asgi_application()))
