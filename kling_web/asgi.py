"""The ASGI door, for the embedded server."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kling_web.settings")
application = get_asgi_application()
