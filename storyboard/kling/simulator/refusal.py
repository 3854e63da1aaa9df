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


# Status and our wording of every row of the error code page, for faults that are ordered.
_ROWS: dict[int, tuple[int, str]] = {
    1000: (401, "Authentication failed"),
    1001: (401, "Authorization is empty"),
    1002: (401, "Authorization is invalid"),
    1003: (401, "Authorization is not yet valid"),
    1004: (401, "Authorization has expired"),
    1100: (429, "The account is abnormal"),
    1101: (429, "The account is in arrears"),
    1102: (429, "Account balance not enough"),
    1103: (403, "No access to this API or model"),
    1200: (400, "The request parameters are invalid"),
    1201: (400, "A parameter is invalid"),
    1202: (404, "The method is invalid for this address"),
    1203: (404, "The requested resource does not exist"),
    1300: (400, "Blocked by a policy of the platform"),
    1301: (400, "Blocked by the content security policy"),
    1302: (429, "Too many requests, exceeding the rate limit"),
    1303: (429, "parallel task over resource pack limit"),
    1304: (429, "This address is not on the IP whitelist"),
    5000: (500, "Internal error"),
    5001: (503, "The service is under maintenance"),
    5002: (504, "Internal timeout"),
}
CODES = tuple(str(code) for code in _ROWS if code < 5000)


def by_code(code: int) -> Refusal:
    """The refusal of one row of the error code page. Raises KeyError."""
    status, message = _ROWS[code]
    return Refusal(status, code, message)
