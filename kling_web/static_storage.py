"""Static files in production: hashed, compressed; one style sheet, few modules."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

from kling_web.joined_modules import join_modules

ORDER = "css/order.txt"
JOINED = "css/app.css"
MODULES = "js/"
FIRST_MODULE = "app.js"
# The first modules of the files that are fetched later, one a line.
LATE = "js/late.txt"
# A file of modules names another by its hashed name, so that both get the same one.
_BETWEEN_MODULES = (
    "js/*.js",
    ((r'(?P<matched>from "(?P<url>\./[\w-]+\.js)";)', 'from "%(url)s";'),),
)


class JoinedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Joins the sheets named in css/order.txt into css/app.css, and js/app.js with all it imports.

    Both before hashing. The joined sheet lies in the same folder as its parts, so their url()
    references hold. The joined modules take the place of js/app.js and of the late ones named in
    js/late.txt; the parts are not served. Sheets of css/late/ are served one by one.
    """

    joins_style_sheets = True
    patterns = (*CompressedManifestStaticFilesStorage.patterns, _BETWEEN_MODULES)

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
        """The first module and the late ones are served with what they need; no other is."""
        late = read_order(self._text(paths, LATE))
        read = cache(lambda name: self._text(paths, f"{MODULES}{name}"))
        joined = join_modules(FIRST_MODULE, read, late)
        for name in [name for name in paths if name.startswith(MODULES)]:
            del paths[name]
        for name, text in joined.items():  # what is imported is hashed before who imports it
            path = f"{MODULES}{name.removesuffix('.js')}.joined.js"
            self._keep(path, text)
            paths[f"{MODULES}{name}"] = (self, path)

    def _keep(self, name: str, text: str) -> None:
        if self.exists(name):
            self.delete(name)
        self.save(name, ContentFile(text.encode()))

    def _text(self, paths: dict[str, Any], name: str) -> str:
        storage, path = paths[name]
        with storage.open(path) as file:
            return str(file.read().decode())


def read_order(text: str) -> list[str]:
    """File names in the order they are linked or joined, one a line."""
    return [line.strip() for line in text.splitlines() if line.strip()]
