"""What each model can do, by mode and endpoint: Kling's capability map as data.

Every cell carries where it was read and when. This is the `map` reading: a cell that says no is
an error, and a cell that says yes with words is allowed with a caution.
"""

from .models import MODELS
from .offers import can, can_on, models_on, modes_on
from .table import CELLS
from .terms import (
    ASPECT_RATIOS,
    DEFAULT_MODEL,
    FEATURES,
    Cell,
    Feature,
    Mode,
    Model,
    seconds_words,
)

__all__ = [
    "ASPECT_RATIOS",
    "CELLS",
    "DEFAULT_MODEL",
    "FEATURES",
    "MODELS",
    "Cell",
    "Feature",
    "Mode",
    "Model",
    "can",
    "can_on",
    "models_on",
    "modes_on",
    "seconds_words",
]
