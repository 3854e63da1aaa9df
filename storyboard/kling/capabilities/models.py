"""Every model of the text to video and image to video paths, with its modes and totals.

The six oldest are retired: a vendor notice, quoted by others, names the day; one of them was
refused after it. Their rows stay because Kling's documents and a gateway still offer them.
"""

from collections.abc import Mapping
from types import MappingProxyType

from .. import sources
from ..profiles import Endpoint
from .terms import Mode, Model

_STD = Mode("std", "std 720p", "720p")
_PRO = Mode("pro", "pro 1080p", "1080p")
_4K = Mode("4k", "4k", "4K")
# The old map says 720p, the price list 1080p.
_UNSURE = "720p or 1080p"

_FIVE_OR_TEN = (5, 10)
_IMAGE_ONLY: tuple[Endpoint, ...] = ("image2video",)


def _retired(
    name: str,
    modes: tuple[Mode, ...] = (_STD, _PRO),
    endpoints: tuple[Endpoint, ...] = ("text2video", "image2video"),
    takes_mode: bool = True,
) -> Model:
    return Model(
        name=name,
        title=f"{name} (retired)",
        modes=modes,
        seconds=_FIVE_OR_TEN,
        endpoints=endpoints,
        retired=sources.RETIRED_ON,
        takes_mode=takes_mode,
        source=sources.OLD_CAPABILITY_MAP,
        date=sources.OLD_MAP_DATED,
    )


_ALL = (
    Model("kling-v3", "kling-v3", (_STD, _PRO, _4K), tuple(range(3, 16))),
    Model("kling-v2-6", "kling-v2-6", (_STD, _PRO), _FIVE_OR_TEN, end_frame_is_silent=True),
    Model("kling-v2-5-turbo", "kling-v2-5-turbo", (_STD, _PRO), _FIVE_OR_TEN),
    # It came without `mode` (vendor's changes, 2025-05-13).
    _retired("kling-v2-master", (Mode("std", "standard", _UNSURE),), takes_mode=False),
    # No document says whether it reads `mode`; without one Kling's own default holds.
    _retired("kling-v2-1-master", (Mode("std", "standard", "1080p"),), takes_mode=False),
    _retired("kling-v2-1", endpoints=_IMAGE_ONLY),
    _retired("kling-v1-6"),
    _retired("kling-v1-5", endpoints=_IMAGE_ONLY),
    _retired("kling-v1", (_STD, Mode("pro", "pro", _UNSURE))),
)

MODELS: Mapping[str, Model] = MappingProxyType({model.name: model for model in _ALL})
