"""The WSGI door, for gunicorn behind a proxy."""

import os

from django.core.wsgi import get_wsgi_application

from kling_web.whole import whole

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kling_web.settings")
application = whole(get_wsgi_application())
