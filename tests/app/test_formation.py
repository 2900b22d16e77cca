"""Scale expressions, as the Heroku CLI reads them, and what they make of a formation."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.app.formation import (
    Change,
    Quantity,
    apply,
    check,
    initial,
    narrow,
    parse_change,
    parse_changes,
    started,
)
from emulator.errors import FormationError, NotFound, UserError

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

CLI = re.compile(r"^([\w-]+)([=+-]\d+)(?::([\w-]+))?$", re.ASCII)
TYPES = ("web", "worker", "release")


@pytest.mark.parametrize(
    ("word", "change"),
    [
        ("web=2", Change("web", "=", 2)),
        ("web=0", Change("web", "=", 0)),
        ("web+1", Change("web", "+", 1)),
        ("web-1", Change("web", "-", 1)),
        ("web=2:Standard-2X", Change("web", "=", 2, "Standard-2X")),
        ("worker+1:eco", Change("worker", "+", 1, "eco")),
        ("my-worker-2", Change("my-worker", "-", 2)),
        ("my-worker-2=3", Change("my-worker-2", "=", 3)),
        ("a--1", Change("a-", "-", 1)),
        ("web=0000000002", Change("web", "=", 2)),
    ],
)
def test_words_as_the_cli_reads_them(word: str, change: Change) -> None:
    assert parse_changes([word]) == (change,)


def test_commas_do_what_blanks_do() -> None:
    assert parse_changes(["web=2, worker=0", "all=1"]) == (
        Change("web", "=", 2),
        Change("worker", "=", 0),
        Change("all", "=", 1),
    )


@pytest.mark.parametrize(
    "word",
    [
        *("", "web", "web=", "=2", "web=x", "web=-1", "web=1.5", "web==1", "web=1,", "web2"),
        *("web=2:", "web=2:a:b", "web=2:a b", "web:Standard-2X", "we.b=1", "web=²", "wéb=1"),
    ],
)
def test_a_word_that_the_cli_would_drop_is_an_error(word: str) -> None:
    with pytest.raises(FormationError, match="expected TYPE=QUANTITY"):
        parse_changes([word])


def test_the_error_names_the_word() -> None:
    with pytest.raises(FormationError) as refused:
        parse_changes(["web=2", "worker:2"])
    assert str(refused.value) == (
        "'worker:2': expected TYPE=QUANTITY, TYPE+N or TYPE-N, "
        "with :SIZE if you like, such as web=2 or worker+1:Standard-2X"
    )


@pytest.mark.parametrize("word", ["web=100000", "web=" + "9" * 5000])
def test_a_slip_of_the_finger_is_caught(word: str) -> None:
    with pytest.raises(FormationError, match="at most 10000 dynos of one type"):
        parse_changes([word])


@settings(unhurried, max_examples=80)
@given(st.text("ab_=+-:012", max_size=9))
def test_exactly_the_words_of_the_clis_pattern_are_read(word: str) -> None:
    match = CLI.match(word)
    try:
        change = parse_change(word)
    except FormationError:
        assert match is None or int(match[2][1:]) > 10_000
    else:
        assert match is not None
        assert (change.type, f"{change.op}{change.amount}") == (
            match[1],
            f"{match[2][0]}{int(match[2][1:])}",
        )
        assert change.size == match[3]


def scaled(words: str, **current: int) -> dict[str, int]:
    before = {name: Quantity(quantity) for name, quantity in current.items()}
    after = apply(parse_changes(words.split()), before, TYPES, str)
    return {name: of.quantity for name, of in after.items()}


@pytest.mark.parametrize(
    ("words", "after"),
    [
        ("", {"web": 1, "worker": 2}),
        ("web=3", {"web": 3, "worker": 2}),
        ("worker+1 web-1", {"web": 0, "worker": 3}),
        ("web+1 web+1", {"web": 3, "worker": 2}),
        ("web=5 web=4", {"web": 4, "worker": 2}),
        ("all=0", {"web": 0, "worker": 0}),
        ("all+1", {"web": 2, "worker": 3}),
        ("worker=0 all=4", {"web": 4, "worker": 0}),
        ("all=4 worker=0", {"web": 4, "worker": 0}),
    ],
)
def test_only_what_is_named_changes(words: str, after: dict[str, int]) -> None:
    assert scaled(words, web=1, worker=2) == after


def test_a_type_that_is_new_has_none_and_one_that_left_is_gone() -> None:
    assert scaled("", clock=3, web=1) == {"web": 1, "worker": 0}


def test_a_size_changes_with_the_quantity_or_alone_and_is_spelled_as_heroku_does() -> None:
    before = {"web": Quantity(2, "Eco"), "worker": Quantity(1, "Basic")}
    changes = parse_changes(["web=1:standard-2x", "worker+0:ECO"])
    assert apply(changes, before, TYPES, str.title) == {
        "web": Quantity(1, "Standard-2X"),
        "worker": Quantity(1, "Eco"),
    }


@pytest.mark.parametrize("word", ["clock=1", "release=1", "clock+0:Eco", "Web=1"])
def test_an_unknown_type_is_herokus_404(word: str) -> None:
    name = word.partition("=")[0].partition("+")[0]
    with pytest.raises(NotFound) as refused:
        scaled(word)
    assert str(refused.value) == (
        f"Couldn't find that process type ({name}). The Procfile has web, worker."
    )


def test_all_is_a_type_like_any_other_if_the_procfile_has_it() -> None:
    after = apply(parse_changes(["all=2"]), {}, ("web", "all"), str)
    assert after == {"web": Quantity(0), "all": Quantity(2)}


def test_less_than_none_is_an_error() -> None:
    with pytest.raises(FormationError, match=r"^worker-3: worker has 2, so at most that can go$"):
        scaled("worker-3", worker=2)


def test_small_steps_do_not_get_past_the_limit() -> None:
    with pytest.raises(FormationError, match=r"^web at 10001: at most 10000"):
        scaled("web+1", web=10_000)


def test_an_unknown_size_is_the_callers_error() -> None:
    def canonical(size: str) -> str:
        raise UserError(f"no size {size}")

    with pytest.raises(UserError, match="no size huge"):
        apply(parse_changes(["web=1:huge"]), {}, TYPES, canonical)


def test_the_first_formation() -> None:
    assert initial(TYPES, heroku=False) == {"web": Quantity(1), "worker": Quantity(1)}
    assert initial(TYPES, heroku=True) == {"web": Quantity(1), "worker": Quantity(0)}
    assert initial(["web", "console"], heroku=False) == {"web": Quantity(1), "console": Quantity(0)}
    assert initial(["worker"], heroku=True) == {"worker": Quantity(0)}


@pytest.mark.parametrize(
    ("only", "exclude", "left"),
    [
        ([], [], ("web", "worker", "clock")),
        (["worker", "web"], [], ("web", "worker")),
        (["web,clock"], [], ("web", "clock")),
        ([], ["web"], ("worker", "clock")),
        (["web,clock"], ["clock"], ("web",)),
    ],
)
def test_only_and_except(only: list[str], exclude: list[str], left: tuple[str, ...]) -> None:
    assert narrow(["web", "worker", "clock", "release"], only, exclude) == left


@pytest.mark.parametrize(
    ("only", "exclude", "message"),
    [
        (["wep"], [], "'wep': no such process type. The Procfile has web, worker."),
        (
            [],
            ["release"],
            "'release': no such process type. The Procfile has web, worker.",
        ),
        (["web"], ["web"], "--only and --except leave no process type to run"),
    ],
)
def test_only_and_except_name_what_is_wrong(
    only: list[str], exclude: list[str], message: str
) -> None:
    with pytest.raises(FormationError) as refused:
        narrow(TYPES, only, exclude)
    assert str(refused.value) == message


def test_an_option_names_process_types_that_there_are() -> None:
    types = ("web", "worker", "release")
    assert check(types, ("web, worker",)) == ("web", "worker")
    with pytest.raises(FormationError, match=r"^'nosuch': no such process type\."):
        check(types, ("nosuch",))


def test_who_names_a_type_to_run_it_has_one_at_least():
    formation = {"web": Quantity(0), "worker": Quantity(0, "Eco"), "clock": Quantity(3)}

    def quantities(named, asked=()):
        found = started(formation, named, parse_changes(asked))
        return [item.quantity for item in found.values()]

    assert quantities([]) == [0, 0, 3]
    assert quantities(["web,clock"]) == [1, 0, 3]
    assert quantities(["web", "worker"], ["worker=0"]) == [1, 0, 3]
    assert quantities(["web"], ["all=0"]) == [0, 0, 3]
    assert started(formation, ["worker"], [])["worker"] == Quantity(1, "Eco")
