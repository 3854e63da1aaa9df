"""Timecode: a moment in a film as minutes:seconds:frame at the film's own rate."""


def timecode(at_ms: int, rate_num: int, rate_den: int = 1) -> str:
    """`00:06:10` for a moment in milliseconds; the frame is counted within its second.

    >>> timecode(6417, 24)
    '00:06:10'
    """
    rate = max(1, round(rate_num / max(1, rate_den)))
    frame = (at_ms * rate_num + 500 * rate_den) // (1000 * max(1, rate_den))
    seconds, frame = divmod(frame, rate)
    return f"{seconds // 60:02d}:{seconds % 60:02d}:{frame:02d}"
