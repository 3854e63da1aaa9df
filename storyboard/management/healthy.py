"""Is the web process of this container well? Ends with 0 or 1; loads no Django.

    python -m storyboard.management.healthy

Asks /healthz on PORT (8000) by a name from ALLOWED_HOSTS, as the health check of the image does.
"""

from __future__ import annotations

import os
import sys

from storyboard.management.machine import FIRST_PORT, LOOPBACK, answers, host_to_ask


def main() -> int:
    port = os.environ.get("PORT", str(FIRST_PORT))
    allowed = [name.strip() for name in os.environ.get("ALLOWED_HOSTS", "").split(",")]
    host = host_to_ask([name for name in allowed if name])
    return 0 if answers(f"http://{LOOPBACK}:{port}/healthz", host=host)() else 1


if __name__ == "__main__":
    sys.exit(main())
