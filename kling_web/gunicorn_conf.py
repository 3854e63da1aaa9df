"""gunicorn behind nginx: `gunicorn -c python:kling_web.gunicorn_conf kling_web.wsgi:application`.

HOST, PORT and WEB_PROCESSES come from the environment. The server itself trusts no header about who
asks; what nginx says of it is Django's to believe (TRUST_PROXY).
"""

import os
from pathlib import Path

_host = os.environ.get("HOST") or "127.0.0.1"
_memory = Path("/dev/shm")  # noqa: S108  (named by its kind, not as a place for secrets)

bind = [f"{f'[{_host}]' if ':' in _host else _host}:{os.environ.get('PORT') or 8000}"]
worker_class = "gthread"
workers = int(os.environ.get("WEB_PROCESSES") or 2)
threads = 8
# Every shape ends within five seconds; what is under way gets three of them.
graceful_timeout = 3
# A process whose main loop is silent for this long is started afresh. No request is ended by it.
timeout = 60
# Longer than nginx keeps an idle connection (20 s), so that nginx never writes into one that we are
# about to close: a POST lost that way could not be sent again.
keepalive = 75
# The heartbeat is a file; on a slow disk it would look like a hanging process.
worker_tmp_dir = str(_memory) if _memory.is_dir() else None

accesslog = None  # it would hold the tokens of callbacks and of one-time links
errorlog = "-"
# Each line is read whole into memory; nginx refuses longer ones before us.
limit_request_line = 8190
limit_request_fields = 60
limit_request_field_size = 8190

forwarded_allow_ips = ""
forwarder_headers = ""
# Two installations of one person would share the socket's only path.
control_socket_disable = True
