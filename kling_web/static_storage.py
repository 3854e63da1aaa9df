"""Static files in production: hashed, compressed; one style sheet and one module of all."""

from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

from kling_web.joined_modules import join_modules

ORDER = "css/order.txt"
JOINED = "css/app.css"
MODULES = "js/"
FIRST_MODULE = "app.js"
JOINED_MODULES = "js/app.joined.js"


class JoinedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Joins the sheets named in css/order.txt into css/app.css, and js/app.js with all it imports.

    Both before hashing. The joined sheet lies in the same folder as its parts, so their url()
    references hold. The joined modules take the place of js/app.js; the parts are not served.
    """

    joins_style_sheets = True

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
            self._join_sheets(paths)
            self._join_modules(paths)
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def _join_sheets(self, paths: dict[str, Any]) -> None:
        sheets = read_order(self._text(paths, ORDER))
        joined = "\n".join(self._text(paths, f"css/{sheet}") for sheet in sheets)
        self._keep(JOINED, joined)
        paths[JOINED] = (self, JOINED)

    def _join_modules(self, paths: dict[str, Any]) -> None:
        """The first module is served with the text of all."""
        joined = join_modules(FIRST_MODULE, lambda name: self._text(paths, f"{MODULES}{name}"))
        self._keep(JOINED_MODULES, joined)
        for name in [name for name in paths if name.startswith(MODULES)]:
            del paths[name]
        paths[f"{MODULES}{FIRST_MODULE}"] = (self, JOINED_MODULES)

    def _keep(self, name: str, text: str) -> None:
        if self.exists(name):
            self.delete(name)
        self.save(name, ContentFile(text.encode()))

    def _text(self, paths: dict[str, Any], name: str) -> str:
        storage, path = paths[name]
        with storage.open(path) as file:
            return str(file.read().decode())


def read_order(text: str) -> list[str]:
    """The sheets in the order they are linked or joined, one file name a line."""
    return [line.strip() for line in text.splitlines() if line.strip()]
