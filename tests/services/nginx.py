"""The product's own nginx configuration, filled in and run by nobody special on a free port."""

from __future__ import annotations

import re
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.services.process import Server, accepts, find, free_port, own, plain_user

TEMPLATE = Path(__file__).resolve().parents[2] / "kling_web" / "nginx.conf.template"


@dataclass
class Nginx:
    """`Nginx(folder, web=[8001, 8002], live=8003, media=…)`, `start()`, `stop()`.

    Its own temporary files, logs and pid stay under `folder`; it reads films under `media`.
    """

    folder: Path
    web: Sequence[int]
    live: int
    media: Path
    port: int = 0
    server: Server | None = None
    extra: dict[str, str] = field(default_factory=dict)

    def start(self) -> Nginx:
        self.port = self.port or free_port()
        user = plain_user()
        own(self.folder, user)
        configuration = self.folder / "nginx.conf"
        configuration.write_text(fill_in(TEMPLATE.read_text(), self.variables))
        self.server = Server(
            [find("nginx"), "-e", "stderr", "-p", str(self.folder), "-c", str(configuration),
             "-g", "daemon off;"],
            self.folder / "nginx.log",
            user,
        )  # fmt: skip
        self.server.start(lambda: accepts(self.port))
        return self

    def stop(self, number: int = signal.SIGTERM) -> None:
        if self.server:
            self.server.stop(number)

    @property
    def variables(self) -> dict[str, str]:
        return {
            "LISTEN": f"127.0.0.1:{self.port}",
            "WEB_UPSTREAM": upstream(self.web),
            "LIVE_UPSTREAM": upstream([self.live]),
            "MEDIA_ROOT": str(self.media),
            "RUN_DIR": str(self.folder),
            "ACCESS_LOG": str(self.folder / "access.log"),
            "HTTPS": "false",
            "OUTER_PROXY": "unix:",
            **self.extra,
        }


def upstream(ports: Sequence[int]) -> str:
    """The inside of an `upstream` block."""
    return " ".join(f"server 127.0.0.1:{port} max_fails=0;" for port in ports)


def fill_in(template: str, variables: dict[str, str]) -> str:
    """What the image's envsubst does: `${NAME}` of the known names; nginx's own are lower case."""
    return re.sub(r"\$\{([A-Z_]+)\}", lambda found: variables[found[1]], template)
