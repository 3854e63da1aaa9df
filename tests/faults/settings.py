"""The product's own settings; only its storage may be full."""

from kling_web.settings import *  # noqa: F403
from kling_web.settings import STORAGES

STORAGES = {**STORAGES, "default": {"BACKEND": "tests.faults.storage.MayBeFull"}}
