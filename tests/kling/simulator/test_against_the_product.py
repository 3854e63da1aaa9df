"""The witness and the product's own rules: what the product lets through, Kling would take.

The two were written apart from the same documents. The product is stricter (it also keeps to the
capability map), so the comparison has one direction, and prices have to be equal.
"""

import random
from collections import Counter

from storyboard.kling.brief import Brief, PictureRef, ShotBrief
from storyboard.kling.pricing import quote
from storyboard.kling.simulator.judge import judge
from storyboard.kling.simulator.refusal import Refusal
from tests.kling.builders import element, voice
from tests.kling.simulator.builders import picture

IMAGE = picture(640, 360)
FRAME = PictureRef("a" * 64, 640, 360, 4000, "jpeg")
TRIED = 600
WORDS = ("", " ", "A boat", "x" * 512, "x" * 513, "🚢" * 256, "🚢" * 257, "x" * 2500, "x" * 2501)


def any_brief(dice: random.Random) -> Brief:
    """A brief that is mostly right, and otherwise wrong in a place or two."""
    model = dice.choice(("kling-v3", "kling-v3", "kling-v2-6"))
    shooting = dice.choice(("custom", "single", "intelligent"))
    if model == "kling-v2-6" and dice.random() < 0.8:
        shooting = "single"
    total = dice.choice((5, 10) if model == "kling-v2-6" else (2, 3, 4, 7, 10, 15, 16))
    elements = dice.choice((0, 0, 0, 0, 1, 3, 4))
    voices = dice.choice((0, 0, 0, 0, 1, 2, 3)) if dice.random() < 0.4 else 0
    tokens = " <<<element_1>>>" * bool(elements) + " <<<voice_1>>>" * bool(voices)
    return Brief(
        shots=any_shots(dice, total, 1 if shooting != "custom" else 6, tokens),
        shooting=shooting,
        total_seconds=total,
        model=model,
        mode=dice.choice(("std", "pro")),
        aspect_ratio=dice.choice(("16:9", "9:16", "1:1")),
        sound=bool(voices) or dice.random() < 0.4,
        watermark=dice.random() < 0.2,
        negative_prompt=dice.choice(("", "", "rain", "x" * 2500, "x" * 2501)),
        first_frame=FRAME if dice.random() < 0.6 else None,
        elements=tuple(element(number) for number in range(elements)),
        voices=tuple(voice(number) for number in range(voices)),
    )


def any_shots(dice: random.Random, total: int, most: int, tokens: str) -> tuple[ShotBrief, ...]:
    """Shots whose seconds mostly add up to the total."""
    count = dice.randint(1, min(most, total)) if dice.random() < 0.95 else most + 1
    seconds = [total // count] * count
    seconds[-1] += total - sum(seconds) + (dice.random() < 0.05)
    words = ["A boat at dusk" + tokens if dice.random() < 0.9 else dice.choice(WORDS)]
    words += ["The keeper looks up" if dice.random() < 0.97 else dice.choice(WORDS)] * count
    return tuple(
        ShotBrief(f"shot-{position}", position, prompt, length)
        for position, (prompt, length) in enumerate(zip(words, seconds, strict=False), 1)
    )


def test_the_witness_takes_what_the_product_lets_through_at_the_same_price() -> None:
    dice = random.Random(20261120)
    met: Counter[tuple[str, str, str]] = Counter()
    for _ in range(TRIED):
        brief = any_brief(dice)
        if any(not problem.warning for problem in brief.problems()):
            continue
        body = brief.payload(lambda _picture: IMAGE)
        try:
            verdict = judge(brief.endpoint, body)
        except Refusal as refusal:
            raise AssertionError(f"{refusal.message}: {body}") from refusal
        price = quote(brief)
        assert (verdict.units_milli, price.known) == (price.units_milli, True), body
        assert sum(shot.seconds for shot in verdict.shots) == brief.total_seconds
        met[brief.endpoint, brief.model, brief.shooting] += 1
    assert len(met) >= 8, met
    assert sum(met.values()) > TRIED / 5, met
