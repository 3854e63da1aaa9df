"""A RabbitMQ node of the tests' own, beside any other on this machine."""

from __future__ import annotations

from pathlib import Path

from tests.services.process import Server, accepts, find, free_port, own, plain_user

# Debian's script in PATH insists on the user rabbitmq; this is what it calls.
BEHIND_IT = "/usr/lib/rabbitmq/bin"


class RabbitMQ:
    """`RabbitMQ(folder)`, `start()`, `url()`, `stop()`; takes some ten seconds to start."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.names_port, self.peers_port = free_port(), free_port(), free_port()
        self.user = plain_user()
        self.names: Server | None = None
        self.server: Server | None = None

    def start(self) -> RabbitMQ:
        folder = own(self.folder, self.user)
        # Erlang's own look-up of nodes: left to itself the node starts one that outlives it.
        self.names = Server(
            [find("epmd"), "-port", str(self.names_port), "-address", "127.0.0.1"],
            folder / "epmd.log",
            self.user,
            environment=self.environment,
        )
        self.names.start(lambda: accepts(self.names_port))
        self.server = Server(
            [find("rabbitmq-server", BEHIND_IT)],
            folder / "rabbitmq.log",
            self.user,
            environment=self.environment,
        )
        self.server.start(lambda: accepts(self.port))
        return self

    def stop(self) -> None:
        """At once: nothing here is worth a goodbye to other nodes."""
        for one in (self.server, self.names):
            if one:
                one.stop()

    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    @property
    def environment(self) -> dict[str, str]:
        folder = str(self.folder)
        return {
            "HOME": folder,
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self.names_port),
            "RABBITMQ_CONFIG_FILE": f"{folder}/none.conf",
            "RABBITMQ_CONF_ENV_FILE": f"{folder}/none-env.conf",
            "RABBITMQ_DIST_PORT": str(self.peers_port),
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/enabled_plugins",
            "RABBITMQ_LOG_BASE": f"{folder}/log",
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_MNESIA_BASE": f"{folder}/data",
            "RABBITMQ_NODENAME": f"greenlight{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_PID_FILE": f"{folder}/rabbitmq.pid",
        }
