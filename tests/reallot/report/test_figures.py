import pytest

from reallot.report import figures


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (126_412_345.67, "126.4 M"),
        (1_250_000, "1.25 M"),
        (999_960, "1.00 M"),
        (48_000, "48.0 k"),
        (9_876, "9,876"),
        (0.0123, "0.0123"),
        (-60_600, "−60.6 k"),
        (2.5e12, "2,500.0 bn"),
        (0, "0"),
    ],
)
def test_an_amount_is_said_in_a_few_digits(amount: float, said: str) -> None:
    assert figures.short(amount).replace("\N{NO-BREAK SPACE}", " ") == said


def test_a_change_shows_its_sign_and_nothing_has_none() -> None:
    assert figures.signed(1234) == "+1,234"
    assert figures.signed(-1234) == "−1,234"
    assert figures.signed(0) == figures.signed(-0.2) == figures.signed(0.2) == "0"


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (0.0, "0.000 %"),
        (4e-5, "0.004 %"),
        (1e-7, "below 0.001 %"),
        (0.0123, "1.2 %"),
        (0.5, "50 %"),
    ],
)
def test_a_gap_is_said_as_finely_as_it_matters(gap: float, said: str) -> None:
    assert figures.gap(gap).replace("\N{NO-BREAK SPACE}", " ") == said


def test_a_return_has_three_digits() -> None:
    assert [figures.rate(value) for value in (1.8669, 0.23851, 12.34, 0)] == [
        "1.87",
        "0.239",
        "12.3",
        "0",
    ]


def test_what_floating_point_leaves_of_an_equal_sum_is_no_change() -> None:
    assert figures.difference(0.1 + 0.2, 0.3) == 0
    assert figures.share_of(0.1 + 0.2, 0.3) == 0
    assert figures.difference(100.01, 100.0) == pytest.approx(0.01)


def test_a_share_of_nothing_is_left_open() -> None:
    assert figures.share_of(5.0, 0.0) is None
