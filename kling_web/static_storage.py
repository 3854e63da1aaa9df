"""Static files in production: hashed, compressed, and the style sheets joined into one."""

from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

ORDER = "css/order.txt"
JOINED = "css/app.css"


class JoinedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Joins the sheets named in css/order.txt into css/app.css before hashing.

    The joined sheet lies in the same folder as its parts, so their url() references hold.
    JavaScript imports are rewritten to hashed names too.
    """

    joins_style_sheets = True
    support_js_module_import_aggregation = True
    # Only our own modules import each other; other people's files may be in any shape.
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )
    # A chain of imports takes a pass for each of its links.
    max_post_process_passes = 8

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._addresses: dict[str | None, str] = {}

    def url(self, name: str | None, force: bool = False) -> str:
        """Kept by name: the manifest is read once, and a page asks for the sprite many times."""
        if not force and name in self._addresses:
            return self._addresses[name]
        address: str = super().url(name, force=force)
        if not force:
            self._addresses[name] = address
        return address

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str | None, Any]]:
        """Yields (name, hashed name, processed or exception) as collectstatic expects."""
        self._addresses.clear()
        if not dry_run and ORDER in paths:
            self._join(paths)
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def _join(self, paths: dict[str, Any]) -> None:
        sheets = read_order(self._text(paths, ORDER))
        joined = "\n".join(self._text(paths, f"css/{sheet}") for sheet in sheets)
        if self.exists(JOINED):
            self.delete(JOINED)
        self.save(JOINED, ContentFile(joined.encode()))
        paths[JOINED] = (self, JOINED)

    def _text(self, paths: dict[str, Any], name: str) -> str:
        storage, path = paths[name]
        with storage.open(path) as file:
            return str(file.read().decode())


def read_order(text: str) -> list[str]:
    """The sheets in the order they are linked or joined, one file name a line."""
    return [line.strip() for line in text.splitlines() if line.strip()]
