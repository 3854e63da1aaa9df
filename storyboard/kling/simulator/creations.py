"""Which elements and voices may be created (Kling's element and voice pages, 2026-09).

Pictures are held to the rules of every picture. Films and sounds are judged by the form of their
address and never fetched.
"""

from typing import Any

from .fields import address, choice, external_id, given, listed, required_text, text
from .judge import FAILING_WORD, REFUSED_WORD
from .pictures import check_picture
from .refusal import blocked, invalid

MAX_NAME = 20
MAX_DESCRIPTION = 100
LEAST_REFER_IMAGES, MAX_REFER_IMAGES = 1, 3
REFER_VIDEOS = 1
REFERENCE_TYPES = ("image_refer", "video_refer")
VIDEO_ENDINGS = (".mp4", ".mov")
SOUND_ENDINGS = (".mp3", ".wav", ".mp4", ".mov")
TAGS = {
    "o_101": "Hottest",
    "o_102": "Character",
    "o_103": "Animal",
    "o_104": "Item",
    "o_105": "Costume",
    "o_106": "Scene",
    "o_107": "Effect",
    "o_108": "Others",
}


def check_element(body: dict[str, Any]) -> str:
    """Judge an element's creation. Returns why it will fail, or "". Raises Refusal."""
    name = required_text(body, "element_name", MAX_NAME)
    description = required_text(body, "element_description", MAX_DESCRIPTION)
    if not given(body, "reference_type"):
        raise invalid("reference_type must not be empty")
    if choice(body, "reference_type", REFERENCE_TYPES, "") == "image_refer":
        _check_images(body.get("element_image_list"))
    else:
        _check_videos(body.get("element_video_list"))
    text(body, "element_voice_id")
    for tag in listed(body, "tag_list", None):
        if not isinstance(tag, dict) or text(tag, "tag_id") not in TAGS:
            raise invalid("tag_list: tag_id is invalid")
    text(body, "callback_url")
    external_id(body)
    return _outcome(name, description)


def check_voice(body: dict[str, Any]) -> str:
    """Judge a voice's creation. Returns why it will fail, or "". Raises Refusal."""
    name = required_text(body, "voice_name", MAX_NAME)
    if given(body, "voice_url") == given(body, "video_id"):
        raise invalid("exactly one of voice_url and video_id is required")
    if given(body, "voice_url"):
        address("voice_url", body["voice_url"], SOUND_ENDINGS)
    text(body, "video_id")
    text(body, "callback_url")
    external_id(body)
    return _outcome(name)


def _check_images(images: Any) -> None:
    if not isinstance(images, dict):
        raise invalid("element_image_list is required when reference_type is image_refer")
    if not given(images, "frontal_image"):
        raise invalid("element_image_list: frontal_image must not be empty")
    check_picture("frontal_image", images["frontal_image"])
    others = listed(images, "refer_images", None)
    if not LEAST_REFER_IMAGES <= len(others) <= MAX_REFER_IMAGES:
        raise invalid(
            f"refer_images: size must be between {LEAST_REFER_IMAGES} and {MAX_REFER_IMAGES}"
        )
    for entry in others:
        if not isinstance(entry, dict) or not given(entry, "image_url"):
            raise invalid("refer_images: image_url must not be empty")
        check_picture("image_url", entry["image_url"])


def _check_videos(videos: Any) -> None:
    if not isinstance(videos, dict):
        raise invalid("element_video_list is required when reference_type is video_refer")
    entries = listed(videos, "refer_videos", None)
    if len(entries) != REFER_VIDEOS:
        raise invalid(f"refer_videos: size must be {REFER_VIDEOS}")
    for entry in entries:
        if not isinstance(entry, dict) or not given(entry, "video_url"):
            raise invalid("refer_videos: video_url must not be empty")
        address("video_url", entry["video_url"], VIDEO_ENDINGS)


def _outcome(*words: str) -> str:
    if any(REFUSED_WORD in said for said in words):
        raise blocked("The request contains content that the content security policy refuses")
    failing = any(FAILING_WORD in said for said in words)
    return f"The simulator fails every creation that is named {FAILING_WORD}" if failing else ""
