"""The WSGI door, for gunicorn behind a proxy."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kling_web.settings")
application = get_wsgi_application()
