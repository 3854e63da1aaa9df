"""The product's own settings; only the addresses of the floors are added."""

from kling_web.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
