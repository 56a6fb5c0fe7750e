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


@pytest.mark.parametrize(
    ("signal", "column"),
    [
        ('""', "signal"),
        ('"  "', "signal"),
        ('{ text = "" }', "signal.text"),
        ('{ text = " ", gap = -0.1 }', "signal.text"),
        ('{ index = "", above = 1 }', "signal.index"),
    ],
)
def test_a_signal_without_words_is_told(tmp_path, signal, column):
    (finding,) = findings_with(tmp_path, recession=f"demand = 0.9\nsignal = {signal}\n")
    assert (finding.file, finding.row, finding.column) == ("scenarios/recession.toml", 2, column)
    assert finding.expected.startswith("Write what shows that it has arrived")


CONFIDENCE = "signal = {{ index = {!r}, below = 90, months = 2 }}\n"
OUTCOME = """\
date,revenue,price,holiday
2026-11-02,900,1.5,0
2026-11-09,950,1.4,0
2026-11-16,930,1.5,1
"""
ACTUALS = """\
date,channel,spend,confidence
2026-12-07,Search,90,95.5
2026-12-14,Search,95,94
"""


def with_index(folder, index, **files):
    write_project(folder, **files)
    write_scenarios(folder, recession=CONFIDENCE.format(index))
    return read_project(folder)


def wrong_index(folder, index, **files):
    with pytest.raises(InputError) as caught:
        with_index(folder, index, **files)
    (finding,) = caught.value.findings
    assert (finding.file, finding.row) == ("scenarios/recession.toml", 1)
    assert finding.column == "signal.index"
    return finding


@pytest.mark.parametrize(
    ("index", "files"),
    [
        ("confidence", {"actuals__csv": ACTUALS}),
        ("price", {"outcome__csv": OUTCOME}),
        ("confidence", {"actuals__csv": ACTUALS, "outcome__csv": OUTCOME}),
        ("price", {"actuals__csv": ACTUALS, "outcome__csv": OUTCOME}),
    ],
)
def test_an_index_is_a_column_of_the_actuals_or_of_the_totals(tmp_path, index, files):
    project = with_index(tmp_path, index, **files)
    assert project.scenarios["recession"].signal.index == index
    assert not [text for text in project.warnings if "signal" in text]


def test_an_index_that_no_file_has_is_told_with_those_there_are(tmp_path):
    finding = wrong_index(tmp_path, "confidense", actuals__csv=ACTUALS, outcome__csv=OUTCOME)
    assert finding.found == (
        "no column of numbers in actuals.csv or outcome.csv is called 'confidense'"
    )
    assert finding.expected == (
        "Add it there, or write one of 'confidence', 'price', 'holiday'. Did you mean 'confidence'?"
    )


@pytest.mark.parametrize("index", ["date", "channel", "spend", "revenue"])
def test_what_a_file_says_of_the_budget_itself_is_no_index(tmp_path, index):
    finding = wrong_index(tmp_path, index, actuals__csv=ACTUALS, outcome__csv=OUTCOME)
    assert index not in finding.expected


def test_where_no_column_could_be_an_index_it_is_to_be_added(tmp_path):
    actuals = "date,channel,spend\n2026-12-07,Search,90\n2026-12-14,Search,95\n"
    finding = wrong_index(tmp_path, "confidence", actuals__csv=actuals)
    assert finding.found == "no column of numbers in actuals.csv is called 'confidence'"
    assert finding.expected == "Add it there."


WIDE = """
[history]
layout = "wide"
spend = { Search = "search", TV = "tv" }
"""


@pytest.mark.parametrize(("index", "is_one"), [("mood", True), ("search", False), ("word", False)])
def test_a_wide_table_of_actuals_may_have_an_index_too(tmp_path, index, is_one):
    rows = "date,search,tv,mood,word\n{0}-07,100,200,{1},good\n{0}-14,120,180,{1},bad\n"
    history = rows.format("2026-11", "").replace("-14,120", "-14,130")
    files = {
        "reallot__toml": POLICY + WIDE,
        "history__csv": history,
        "actuals__csv": rows.format("2026-12", "95"),
    }
    if is_one:
        with_index(tmp_path, index, **files)
    else:
        assert "'mood'" in wrong_index(tmp_path, index, **files).expected


def test_where_there_is_no_file_to_read_an_index_from_yet_that_is_told(tmp_path):
    project = with_index(tmp_path, "confidence")
    [warning] = [text for text in project.warnings if "signal" in text]
    assert warning.startswith("recession: its signal waits for confidence, and there is no ")


def test_an_unreadable_file_is_the_only_thing_wrong_until_it_is_read(tmp_path):
    with pytest.raises(InputError) as caught:
        with_index(tmp_path, "confidence", actuals__csv="")
    assert [finding.file for finding in caught.value.findings] == ["actuals.csv"]


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
