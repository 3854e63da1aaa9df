"""The embedded web server: one uvicorn process over Django's ASGI handler.

    python -m kling_web.serve --port 8000

Never with several workers or a reloader: a parent that is killed would leave them behind
(docs/decisions/0002). HOST names the address to bind, by default the loopback address.
"""

import argparse
import logging
import os
import signal
import sys
from types import FrameType

import uvicorn

from kling_web.stopping import stopping

# Open streams and slow downloads get this long to end after a request to stop.
GRACE_SECONDS = 2


class Server(uvicorn.Server):
    """Tells long answers to finish before it waits for them."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        stopping.set()
        super().handle_exit(sig, frame)


def main() -> None:
    arguments = read_arguments()
    # uvicorn puts these handlers back and raises the signal again once it has stopped.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end_at_once)
    server = Server(
        uvicorn.Config(
            "kling_web.asgi:application",
            host=arguments.host,
            port=arguments.port,
            lifespan="off",
            loop="asyncio",
            ws="none",
            log_config=None,
            log_level=logging.WARNING,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    server.run()
    if not server.started:
        sys.exit(1)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m kling_web.serve")
    parser.add_argument("--host", default=os.environ.get("HOST") or "127.0.0.1")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
    return parser.parse_args()


def end_at_once(number: int, frame: FrameType | None) -> None:
    """Everything is flushed and closed by now; a worker thread in a slow call is not waited for."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
