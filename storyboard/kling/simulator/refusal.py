"""Kling's error answers: an HTTP status, a code and a message (error code page, 2026-09-20)."""


class Refusal(Exception):
    """What Kling answers instead of doing what was asked."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def invalid(message: str) -> Refusal:
    """A parameter with a wrong name or value."""
    return Refusal(400, 1201, message)


def malformed(message: str) -> Refusal:
    """A request that cannot be read at all."""
    return Refusal(400, 1200, message)


def blocked(message: str) -> Refusal:
    """Words or pictures the content policy refuses."""
    return Refusal(400, 1301, message)


def unauthorized(code: int, message: str) -> Refusal:
    """A missing (1001), wrong (1002), early (1003) or expired (1004) authorization."""
    return Refusal(401, code, message)


def too_fast(message: str) -> Refusal:
    """More requests than the rate allows."""
    return Refusal(429, 1302, message)


def no_slot(message: str) -> Refusal:
    """More tasks in flight than the account may have."""
    return Refusal(429, 1303, message)


def wrong_method(message: str) -> Refusal:
    """A known address asked in a way it does not answer."""
    return Refusal(404, 1202, message)


def not_there(message: str) -> Refusal:
    """An address or a model that does not exist."""
    return Refusal(404, 1203, message)
