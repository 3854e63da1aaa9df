"""Which of the servers the tests start themselves are installed, by Debian's package names."""

from __future__ import annotations

import os
import shutil
from glob import glob

# The program each package brings.
FOR_TESTS = {"postgresql": "postgres", "redis-server": "redis-server", "nginx": "nginx"}
FOR_RABBITMQ = {"rabbitmq-server": "rabbitmq-server"}
# Debian keeps these outside a person's PATH.
ELSEWHERE = ("/usr/lib/postgresql/*/bin", "/usr/sbin")


def missing_servers(wanted: dict[str, str] = FOR_TESTS) -> list[str]:
    """The packages whose program is nowhere to be found."""
    folders = [folder for pattern in ELSEWHERE for folder in glob(pattern)]
    path = os.pathsep.join([os.environ.get("PATH", ""), *folders])
    return [package for package, program in wanted.items() if not shutil.which(program, path=path)]
