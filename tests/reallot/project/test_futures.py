"""What a project says of the future: signals, exchange rates, spreads and rare events."""

import pytest

from models.fit import fit
from reallot.assemble import problem_of
from reallot.errors import InputError
from reallot.project import read_project
from tests.reallot.projects import POLICY, write_project, write_scenarios

SEARCH_IN_DOLLARS = POLICY + '\n[[channel]]\nname = "Search"\nbuys_in = "USD"\n'


def project_with(folder, policy=POLICY, **scenarios):
    write_project(folder, reallot__toml=policy)
    write_scenarios(folder, **scenarios)
    return read_project(folder)


def findings_with(folder, policy=POLICY, **scenarios):
    with pytest.raises(InputError) as caught:
        project_with(folder, policy, **scenarios)
    return caught.value.findings


def prices(project, scenario):
    problem = problem_of(project, fit(project.history), scenario, 10.0)
    return dict(zip(problem.names, problem.media_price.tolist(), strict=True))


def test_a_dearer_currency_makes_the_media_dearer_that_are_bought_in_it(tmp_path):
    text = "media_price = 1.10\nexchange = { USD = [1.0, 1.2] }\n"
    project = project_with(tmp_path, SEARCH_IN_DOLLARS, recession=text)
    assert prices(project, "recession") == {
        "Search": pytest.approx([1.10, 1.32]),
        "TV": pytest.approx([1.10, 1.10]),
    }


def test_a_currency_that_nothing_is_bought_in_is_told(tmp_path):
    (finding,) = findings_with(tmp_path, growth="exchange = { USD = 1.1 }\n")
    assert finding.column == "exchange.USD"
    assert "buys_in" in finding.expected


def test_a_rate_for_too_many_quarters_is_told(tmp_path):
    text = "exchange = { USD = [1.0, 1.1, 1.2] }\n"
    (finding,) = findings_with(tmp_path, SEARCH_IN_DOLLARS, growth=text)
    assert finding.found == "found 3 numbers for 2 quarters"


@pytest.mark.parametrize("price", ["-1", "0", "inf"])
def test_a_price_is_above_nothing(tmp_path, price):
    (finding,) = findings_with(tmp_path, growth=f"media_price = {price}\n")
    assert finding.column.startswith("media_price")


@pytest.mark.parametrize(
    ("signal", "words"),
    [
        ('"orders fall"', "orders fall"),
        (
            "{ gap = -0.08, months = 2 }",
            "sales 8 % or more below forecast for 2 months in a row",
        ),
        ("{ gap = 0.05 }", "sales 5 % or more above forecast"),
        ('{ index = "confidence", below = 90 }', "confidence below 90"),
    ],
)
def test_a_signal_says_in_words_what_shows_that_a_future_has_arrived(tmp_path, signal, words):
    project = project_with(tmp_path, recession=f"signal = {signal}\n")
    assert project.scenarios["recession"].signal.words == words


@pytest.mark.parametrize(
    "signal",
    [
        "{ }",
        "{ gap = 0 }",
        '{ gap = -0.1, index = "confidence", below = 1 }',
        '{ index = "confidence" }',
        '{ index = "confidence", below = 1, above = 2 }',
        "{ below = 1 }",
        "3",
    ],
)
def test_a_signal_that_shows_nothing_is_told(tmp_path, signal):
    findings = findings_with(tmp_path, recession=f"signal = {signal}\n")
    assert all(finding.column.startswith("signal") for finding in findings)


def test_an_event_hits_all_channels_or_some(tmp_path):
    event = """
[[event]]
name = "supply break"
probability = 0.05
quarters = 2
demand = 0.7
[[event.channel]]
name = "TV"
demand = 1.0
"""
    (read,) = project_with(tmp_path, POLICY + event).policy.event
    assert (read.demand, read.channel[0].name, read.channel[0].demand) == (0.7, "TV", 1.0)


@pytest.mark.parametrize(
    ("event", "column"),
    [
        ('name = "x"\nprobability = 1.2\ndemand = 0.5', "event[1].probability"),
        ('name = "x"\nprobability = 0.2', "event[1]"),
        ('name = "x"\nprobability = 0.2\ndemand = -0.5', "event[1].demand"),
        (
            'name = "x"\nprobability = 0.2\n[[event.channel]]\nname = "Serch"\ndemand = 0.5',
            "event[1].channel[1].name",
        ),
    ],
)
def test_an_event_that_cannot_be_is_told(tmp_path, event, column):
    (finding,) = findings_with(tmp_path, f"{POLICY}\n[[event]]\n{event}\n")
    assert finding.column == column


def test_what_an_event_lacks_is_told_with_the_event_as_the_file_has_it(tmp_path):
    (finding,) = findings_with(tmp_path, f'{POLICY}\n[[event]]\nname = "x"\nprobability = 0.2\n')
    assert finding.found == "found { name = 'x', probability = 0.2 }"


def test_two_events_of_one_name_are_told(tmp_path):
    event = '\n[[event]]\nname = "x"\nprobability = 0.2\ndemand = 0.5\n'
    assert "two [[event]]" in findings_with(tmp_path, POLICY + 2 * event)[0].found


def test_spreads_are_shares(tmp_path):
    (finding,) = findings_with(tmp_path, POLICY + "\n[simulate]\ndemand = 10\n")
    assert finding.column == "simulate.demand"
