"""Names of the documents the rules come from, as people see them beside a problem.

Where a document carries no date of its own, the date is the day it was read.
"""

IMAGE_TO_VIDEO = "Kling API, image to video"
TEXT_TO_VIDEO = "Kling API, text to video"
IMAGE_TO_VIDEO_MARKDOWN = "Kling API, image to video (models to kling-v2-6)"
KLING_V3_SCHEMA = "Kling-v3 image to video schema (PowerTokens)"
GATEWAY_SCHEMA = "Gateway document, image to video (kling-v1 to v1-6)"
CAPABILITY_MAP = "Kling capability map, video"
OLD_CAPABILITY_MAP = "Kling capability map before kling-v3 (public copy)"
RETIREMENT = "Kling's notice of retired models (quoted 2026-08-26)"
ERROR_CODES = "Kling API, error codes"
PRICE_LIST = "Kling price list, video"
WIRE_REPORTS = "Published reports of Kling API answers"
GREENLIGHT = "Greenlight"

READ_ON = "2026-09-20"
MAP_DATED = "2026-05-19"
OLD_MAP_DATED = "2025-12"
RETIRED_ON = "2026-09-15"
