"""The installation: settings, addresses, servers.

Debian 12's SQLite (3.40.1) can corrupt a write-ahead log shared by several processes
(3.7.0-3.51.2), so the bundled newer one is put in its place before Django loads.
"""

import sys

try:
    import pysqlite3
except ImportError:  # no wheel for this machine: the system check then judges the old one
    pass
else:
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2

from kling_web.celery import app as celery_app

__all__ = ["celery_app"]
