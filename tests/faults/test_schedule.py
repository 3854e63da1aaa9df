"""The plan of a campaign, and what its command line takes; nothing is started here."""

from __future__ import annotations

import pytest

from storyboard.kling.simulator.faults import KINDS, parse
from tests.faults.accounts import ACCOUNTS, GATEWAY, SIGNED
from tests.faults.driver import Campaign
from tests.faults.house import SHAPES, WORKERS
from tests.faults.run import chosen, read, shapes
from tests.faults.schedule import SLEEP_SECONDS, Act, kinds, plan

TEN_MINUTES = 600
SETTLED = 150 / 40  # seconds after which the absence of an order is believed
START_SECONDS = 30  # until everything answers
KILLS = ("kill_worker", "kill_web", "restart_all", "restart_database")


def acts(seed: int, shape: str, verb: str) -> list[Act]:
    return [act for phase in plan(seed, shape) for act in phase.acts if act.verb == verb]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_seed_gives_the_same_plan_each_time_and_another_seed_another(shape: str) -> None:
    assert plan(3, shape) == plan(3, shape)
    assert plan(3, shape) != plan(4, shape)


def test_only_a_server_is_restarted() -> None:
    assert len(acts(1, "postgres", "restart_database")) == 3
    assert acts(1, "sqlite", "restart_database") == []


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("seed", range(5))
def test_a_run_is_long_enough_to_mean_something_and_fits_in_ten_minutes(
    shape: str, seed: int
) -> None:
    phases = plan(seed, shape)
    assert sum(phase.orders for phase in phases) >= 300
    assert sum(len(acts(seed, shape, verb)) for verb in KILLS) >= 80
    assert START_SECONDS + sum(phase.seconds for phase in phases) <= TEN_MINUTES
    for phase in phases:
        assert all(act.at < phase.seconds for act in phase.acts), phase.name


def test_every_act_is_something_the_driver_can_do_about_what_there_is() -> None:
    for act in (act for shape in SHAPES for phase in plan(2, shape) for act in phase.acts):
        assert callable(getattr(Campaign, act.verb)), act
        if act.verb in ("order", "place", "clear"):
            assert act.about[0] in ACCOUNTS
        if act.verb.endswith("_worker"):
            assert act.about[0] in WORKERS


def test_a_worker_that_sleeps_is_not_killed() -> None:
    """It wakes as a zombie, and that is what it is for."""
    phase = next(phase for phase in plan(5, "sqlite") if phase.name == "kills")
    naps = [act for act in phase.acts if act.verb == "stop_worker"]
    assert len(naps) == 4
    for nap in naps:
        killed = [
            act.at for act in phase.acts if act.verb == "kill_worker" and act.about == nap.about
        ]
        assert not [at for at in killed if nap.at <= at <= nap.at + SLEEP_SECONDS]


def test_faults_that_time_alone_cannot_survive_meet_only_who_refuses_a_second_order() -> None:
    """RELIABILITY A4: without that refusal no client can be perfect."""
    assert not ACCOUNTS[SIGNED].charges_twice
    for act in acts(1, "sqlite", "place"):
        if act.about[0] != SIGNED:
            specs = [parse(str(spec)) for spec in act.about[1:]]
            assert "deny" not in {spec.name for spec in specs}
            assert "error-after=5001" not in {spec.label for spec in specs}
            assert not [
                spec for spec in specs if spec.name == "delay-before" and spec.seconds >= SETTLED
            ]


def test_whoever_forgets_what_it_took_does_not_refuse_it_for_its_words_as_well() -> None:
    """Told twice that nothing was made, anybody believes it."""
    for act in acts(1, "sqlite", "place"):
        if act.about[0] == SIGNED:
            assert not {parse(str(spec)).label for spec in act.about[1:]} & {"refuse=1301"}


def test_a_gateways_orders_have_a_phase_of_their_own() -> None:
    ordering = [phase.name for phase in plan(1, "sqlite") for act in phase.acts
                if act.verb == "order" and act.about[0] == GATEWAY]  # fmt: skip
    assert set(ordering) == {"gateway"}


def test_every_kind_of_fault_a_plan_has_is_one_that_must_be_delivered() -> None:
    wanted = kinds(plan(1, "postgres"))
    named = {kind.partition("=")[0] for kind in wanted}
    # An answer that drips would only make the run longer; elements and voices cost nothing.
    assert set(KINDS) - named == {"slow-body", "making-fails"}
    assert {"exists", "worker-killed", "worker-asleep", "database-killed", "forged=late"} <= {
        *wanted
    }
    assert len(wanted) == len(set(wanted))


def test_the_command_line_names_seeds_shapes_and_strategies() -> None:
    wanted = read(["--seed", "4", "5", "--shape", "sqlite", "--strategy", "blind-retry"])
    assert (wanted.seed, shapes(wanted.shape), wanted.strategy) == (
        [4, 5],
        ("sqlite",),
        "blind-retry",
    )
    assert shapes(read([]).shape) == SHAPES
    assert (read([]).seed, read([]).strategy) == ([1], "")


@pytest.mark.parametrize("wrong", [["--shape", "mysql"], ["--strategy", "hope"], ["--seed", "x"]])
def test_a_strange_word_on_the_command_line_ends_it(wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        read(wrong)
    assert ended.value.code == 2


def test_one_phase_can_be_played_alone_and_still_ends_calmly() -> None:
    assert [phase.name for phase in chosen(1, "sqlite", ["outage"])] == ["outage", "drain"]
    assert chosen(1, "sqlite", None) == list(plan(1, "sqlite"))
