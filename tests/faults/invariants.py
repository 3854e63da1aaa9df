"""The fourteen invariants of a campaign, counted from both books. Pure: data in, numbers out.

    count(evidence) -> {"double": 0, "unrequested": 0, …}
    violations(evidence) -> the same names, each with one sentence for each violation

The table of moves below is written from the specification and not imported: a witness that used
the product's own table would approve whatever the product allows itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from tests.faults.evidence import Answer, Charge, Evidence, Feed, Heard, Kept, Move, Ordered

__all__ = ["Evidence", "count", "violations"]

EDGES: dict[str, frozenset[str]] = {
    "queued": frozenset({"submitting", "cancelled", "held"}),
    "submitting": frozenset({"running", "queued", "uncertain", "rejected", "held"}),
    "uncertain": frozenset({"running", "fetching", "failed", "submitting", "held"}),
    "running": frozenset({"fetching", "failed", "held"}),
    "fetching": frozenset({"stored", "lost", "held"}),
    "held": frozenset({"queued", "uncertain", "running", "fetching", "failed", "lost"}),
    "stored": frozenset(),
    "failed": frozenset(),
    "rejected": frozenset(),
    "cancelled": frozenset(),
    "lost": frozenset(),
}
TERMINAL = frozenset(status for status, onward in EDGES.items() if not onward)
# Where only an answer of Kling's own leads.
ANSWERED = frozenset({"running", "fetching", "failed"})
# A half-written film older than this should have been swept.
PART_SECONDS = 3600.0
# Of the orders sent, so many may meet a full house when nobody else orders.
CROWDED_SHARE = 0.05
# The slowest way a serial may take: the reading every ten seconds, after the longest pause.
LATE_SECONDS = 20.0
SERVER_ERROR = 500
FROM_THE_PROXY = (502, 503, 504)  # nobody stands behind it at the moment


def count(evidence: Evidence) -> dict[str, int]:
    """How often each invariant is violated; a sound installation has 0 everywhere."""
    return {name: len(found) for name, found in violations(evidence).items()}


def violations(evidence: Evidence) -> dict[str, list[str]]:
    """A sentence for each violation, by the invariant's short name, in the order of the report."""
    return {name: list(look(evidence)) for name, look in _INVARIANTS.items()}


def _double(evidence: Evidence) -> Iterator[str]:
    for external_id, charges in _by_name(evidence).items():
        for charge in charges[1:]:
            yield f"{external_id} was charged again as {charge.task_id}"
    paid = {charge.external_id for charge in evidence.charges if charge.status == "succeed"}
    taken: set[tuple[int, int]] = set()
    for order in evidence.orders:
        approved = (order.order, order.slot)
        if order.external_id in paid and approved in taken:
            yield f"{order.external_id} is a second order for one approved take"
        taken |= {approved} if order.external_id in paid else set()


def _unrequested(evidence: Evidence) -> Iterator[str]:
    ours = {order.external_id for order in evidence.orders}
    for charge in evidence.charges:
        if charge.external_id not in ours:
            yield f"{charge.task_id} was charged for {charge.external_id or 'no name'}, not ours"


def _never_billed(evidence: Evidence) -> Iterator[str]:
    charged = _by_name(evidence)
    for order in evidence.orders:
        if order.status in ("fetching", "stored", "failed") and order.external_id not in charged:
            yield f"{order.external_id} is {order.status} and was never charged"


def _lost(evidence: Evidence) -> Iterator[str]:
    kept = _films_kept(evidence)
    orders = {order.external_id: order for order in evidence.orders}
    for external_id, charges in _by_name(evidence).items():
        films = {charge.sha256 for charge in charges if charge.status == "succeed"}
        order = orders.get(external_id)
        if order is not None and films and kept.get(order.key) not in films - {""}:
            yield f"{external_id} is paid, its film is not stored: {_how(order)}"


def _wrong(evidence: Evidence) -> Iterator[str]:
    charged = _by_name(evidence)
    takes = {take.generation: take for take in evidence.takes}
    for order in evidence.orders:
        charges = charged.get(order.external_id, [])
        for charge in charges:
            if charge.body != order.body:
                yield f"{charge.task_id} was ordered with another body than {order.external_id} has"
        if order.status in TERMINAL:
            yield from _wrong_end(order, charges, takes.get(order.key))


def _wrong_end(order: Ordered, charges: list[Charge], take: Kept | None) -> Iterator[str]:
    own = next((charge for charge in charges if charge.task_id == order.task_id), None)
    found = own.status if own else "unknown"
    if order.status == "stored":
        if found != "succeed":
            yield f"{order.external_id} is stored, the ledger says {found}"
        elif take is None or take.sha256 != (own.sha256 if own else ""):
            yield f"{order.external_id} has another film than the ledger's {order.task_id}"
    elif order.status == "failed" and found != "failed":
        yield f"{order.external_id} is failed, the ledger says {found}"
    elif order.status in ("rejected", "cancelled") and charges:
        yield f"{order.external_id} is {order.status}, the ledger charged for it"
    elif order.status == "lost" and any(_is_there(charge) for charge in charges):
        yield f"{order.external_id} is lost, the ledger still has its film"


def _stuck(evidence: Evidence) -> Iterator[str]:
    for order in evidence.orders:
        waits_for_a_person = order.status == "held" and order.hold_reason
        if order.status not in TERMINAL and not waits_for_a_person:
            yield f"{order.external_id} never ended: {_how(order)}"


def _illegal(evidence: Evidence) -> Iterator[str]:
    told = _moves_by_generation(evidence)
    for order in evidence.orders:
        status = "queued"
        for move in told[order.key]:
            if move.before != status:
                yield f"{order.external_id} was {status}, then told to leave {move.before}"
            if move.to not in EDGES.get(move.before, frozenset()):
                yield f"{order.external_id} went from {move.before} to {move.to}"
            status = move.to
        if status != order.status:
            yield f"{order.external_id} is {order.status}, its history ends with {status}"


def _money(evidence: Evidence) -> Iterator[str]:
    charged = _by_name(evidence)
    for order in evidence.orders:
        if order.status not in TERMINAL:
            continue
        charges = charged.get(order.external_id, [])
        theirs = sum(charge.units_milli for charge in charges if charge.status == "succeed")
        ours = order.final_units_milli or 0
        was_told = order.final_units_milli is not None or any(one.tells_units for one in charges)
        if ours != theirs and was_told:
            yield f"{order.external_id} came to {ours} milliunits here, to {theirs} in the ledger"


def _forged(evidence: Evidence) -> Iterator[str]:
    yield from _believed_letters(evidence)
    known = {charge.task_id for charge in evidence.charges}
    answers: defaultdict[str, list[float]] = defaultdict(list)
    for call in evidence.calls:
        if call.outcome in ("accepted", "present") and call.answered_at is not None:
            answers[call.generation].append(call.answered_at)
    told = _moves_by_generation(evidence)
    for order in evidence.orders:
        if order.task_id and order.task_id not in known:
            yield f"{order.external_id} took the task {order.task_id}, which no ledger has"
        since = 0.0
        for move in told[order.key]:
            heard = any(since <= at <= move.at for at in answers[order.key])
            if move.to in ANSWERED and not move.by_person and not heard:
                yield f"{order.external_id} became {move.to} without an answer of Kling's"
            since = move.at


def _believed_letters(evidence: Evidence) -> Iterator[str]:
    """To a token that nobody has, too large, or with a signature that is wrong or too old."""
    signed = {order.task_id for order in evidence.orders if order.is_signed}
    for letter in evidence.letters:
        must_fail = letter.forged in ("token", "huge") or (
            letter.forged in ("signature", "old") and letter.is_signed and letter.task_id in signed
        )
        if must_fail and 200 <= letter.answer < 300:
            yield f"a forged callback ({letter.forged}) about {letter.task_id} was taken"


def _over_limit(evidence: Evidence) -> Iterator[str]:
    for account, places in evidence.places.items():
        peak = peak_of(charge for charge in evidence.charges if charge.account == account)
        for number in range(places + 1, peak + 1):
            yield f"{account}: {number} at once, {places} are allowed"
    posts = sum(1 for call in evidence.calls if call.verb == "POST")
    crowded = [refused for refused in evidence.refused if refused.code == 1303]
    for refused in crowded[int(posts * CROWDED_SHARE) :]:
        yield f"{refused.external_id} met a full house"


def _http_5xx(evidence: Evidence) -> Iterator[str]:
    for answer in evidence.answers:
        excused = _fell_into(evidence.database_down, answer) or (
            answer.status in FROM_THE_PROXY and _fell_into(evidence.web_down, answer)
        )
        if answer.status >= SERVER_ERROR and not excused:
            yield f"{answer.path} answered {answer.status}"


def _fell_into(spans: Iterable[tuple[float, float]], answer: Answer) -> bool:
    return any(begin <= answer.at + answer.seconds and answer.at <= end for begin, end in spans)


def _orphans(evidence: Evidence) -> Iterator[str]:
    for file in evidence.files:
        is_arriving = file.path.startswith("parts/")
        if is_arriving and file.age_seconds > PART_SECONDS:
            yield f"{file.path} was never swept"
        elif not is_arriving and not file.is_named:
            yield f"{file.path} belongs to no row"


def _gaps(evidence: Evidence) -> Iterator[str]:
    for feed in evidence.feeds:
        yield from _steps_back(feed)
        for one in evidence.happened:
            if one.project != feed.project or one.at > feed.ended_at - LATE_SECONDS:
                continue
            passed = next((heard for heard in feed.heard if heard.serial >= one.serial), None)
            if passed is None:
                yield f"{feed.project} {one.serial} was never told"
            elif passed.at - max(one.at, passed.opened_at) > LATE_SECONDS:
                yield f"{feed.project} {one.serial} was told late"


def _steps_back(feed: Feed) -> Iterator[str]:
    last = Heard(0.0, 0, 0.0)
    for heard in feed.heard:
        if heard.serial < last.serial:
            yield f"{feed.project} {heard.serial} was told after {last.serial}"
        last = heard


def _corrupt(evidence: Evidence) -> Iterator[str]:
    yield from evidence.integrity


def peak_of(charges: Iterable[Charge]) -> int:
    """The most tasks that were in flight at once, by the simulator's clock."""
    edges = sorted(
        edge for charge in charges for edge in ((charge.start_ms, 1), (charge.end_ms, -1))
    )
    busy = peak = 0
    for _at, step in edges:  # of one moment the ends come first
        busy += step
        peak = max(peak, busy)
    return peak


def _by_name(evidence: Evidence) -> dict[str, list[Charge]]:
    charged: defaultdict[str, list[Charge]] = defaultdict(list)
    for charge in evidence.charges:
        charged[charge.external_id].append(charge)
    return dict(charged)


def _moves_by_generation(evidence: Evidence) -> defaultdict[str, list[Move]]:
    told: defaultdict[str, list[Move]] = defaultdict(list)
    for move in evidence.moves:
        told[move.generation].append(move)
    return told


def _films_kept(evidence: Evidence) -> dict[str, str]:
    """By generation: the hash of bytes that really lie there, where the row says the same."""
    found = {file.path: (file.sha256, file.size_bytes) for file in evidence.files}
    return {
        take.generation: take.sha256
        for take in evidence.takes
        if take.path and found.get(take.path) == (take.sha256, take.size_bytes)
    }


def _is_there(charge: Charge) -> bool:
    return charge.status == "succeed" and not charge.is_gone


def _how(order: Ordered) -> str:
    return f"{order.status} ({order.hold_reason})" if order.hold_reason else order.status


_INVARIANTS: dict[str, Callable[[Evidence], Iterator[str]]] = {
    "double": _double,
    "unrequested": _unrequested,
    "never_billed": _never_billed,
    "lost": _lost,
    "wrong": _wrong,
    "stuck": _stuck,
    "illegal": _illegal,
    "money": _money,
    "forged": _forged,
    "over_limit": _over_limit,
    "http_5xx": _http_5xx,
    "orphans": _orphans,
    "gaps": _gaps,
    "corrupt": _corrupt,
}
