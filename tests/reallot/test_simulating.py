"""reallot simulate: a project's plans in many futures."""

import csv
import hashlib
import io
import json

import pytest

from reallot import simulating
from reallot.project import read_project
from tests.reallot.projects import CURVES, POLICY, run, write_project, write_scenarios
from tests.reallot.report.pages import Page, assert_accessible, assert_safe

SLUMP = '\n[[event]]\nname = "slump"\nprobability = 0.3\ndemand = 0.5\n'
NEVER = '\n[[event]]\nname = "never"\nprobability = 0.0\ndemand = 0.1\n'
TARGET = "\n[target]\nresponse = 20_000\n"
SMALL = "\n[simulate]\nfutures = 60\n"


@pytest.fixture
def folder(tmp_path):
    write_project(tmp_path, history__csv=None, curves__csv=CURVES, reallot__toml=POLICY + SMALL)
    write_scenarios(tmp_path, flat="", growth="budget = 1.1\ndemand = 1.1\n")
    return tmp_path


def simulated(folder, *options):
    result = run(["simulate", "--json", *options, folder])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def said(folder, *options):
    result = run(["simulate", *options, folder])
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    return result.stderr


def test_the_current_budget_and_every_plan_are_judged(folder):
    document = simulated(folder)
    names = [plan["plan"] for plan in document["plans"]]
    assert names == ["current budget", "plan for flat", "plan for growth"]
    assert document["futures"] == 60
    assert document["scenario"] == "flat"
    assert document["chosen"] == "plan for flat"
    assert json.loads((folder / "out" / "simulate.json").read_text()) == document


def test_the_fields_are_those_of_the_reference(folder):
    document = simulated(folder, "--reoptimise", "--futures", "3", "--jobs", "1")
    assert list(document) == [
        "version", "scenario", "currency", "measure", "futures", "seed", "chosen", "plans", "worst",
        "events", "notes", "reoptimised",
    ]  # fmt: skip
    assert list(document["plans"][0]) == [
        "plan", "kind", "spend", "within_budget", "mean", "standard_deviation", "quantiles",
        "worst_mean", "below_current", "missed",
    ]  # fmt: skip
    assert list(document["plans"][0]["quantiles"]) == ["5", "25", "50", "75", "95"]
    assert list(document["worst"]) == ["share", "factors", "plans", "best"]
    assert list(document["reoptimised"]) == [
        "planned", "collided", "late", "gap", "channels", "regrets",
    ]  # fmt: skip
    assert list(document["reoptimised"]["channels"][0]["quantiles"]) == ["10", "50", "90"]


def test_the_table_says_the_same_as_the_document(folder):
    (folder / "reallot.toml").write_text(POLICY + SMALL + TARGET)
    document = simulated(folder)
    rows = list(csv.DictReader(io.StringIO((folder / "out" / "simulate.csv").read_text())))
    for row, plan in zip(rows, document["plans"], strict=True):
        assert row["plan"] == plan["plan"]
        assert float(row["mean"]) == pytest.approx(plan["mean"])
        assert float(row["q05"]) == pytest.approx(plan["quantiles"]["5"])
        assert float(row["missed_response"]) == pytest.approx(plan["missed"]["response"])


def test_the_same_seed_gives_the_same_bytes_and_another_others(folder):
    first = run(["simulate", "--json", "--seed", "7", folder]).stdout
    assert run(["simulate", "--json", "--seed", "7", folder]).stdout == first
    assert run(["simulate", "--json", "--seed", "8", folder]).stdout != first


def test_an_event_of_probability_0_changes_nothing_but_its_own_entry(folder):
    (folder / "reallot.toml").write_text(POLICY + SMALL + SLUMP)
    without = simulated(folder)
    (folder / "reallot.toml").write_text(POLICY + SMALL + NEVER + SLUMP)
    with_it = simulated(folder)
    own = with_it["events"].pop(0)
    assert own == {
        "event": "never", "share": 0.0, "share_worst": 0.0, "effect": None, "best": None,
    }  # fmt: skip
    assert json.dumps(with_it) == json.dumps(without)


def test_futures_are_drawn_around_the_scenario_that_is_named(folder):
    write_scenarios(folder, growth="demand = 1.1\n")
    flat, growth = simulated(folder), simulated(folder, "--scenario", "growth")
    assert growth["chosen"] == "plan for growth"
    mean = [document["plans"][0]["mean"] for document in (flat, growth)]
    assert mean[1] == pytest.approx(1.1 * mean[0])


def test_the_current_budget_has_the_money_of_the_scenario(folder):
    write_scenarios(folder, recession="budget = 0.8\n")
    flat = simulated(folder)["plans"][0]
    page = Page((folder / "out" / "simulate.html").read_bytes())
    assert "at flat's money" not in page.words
    poor = simulated(folder, "--scenario", "recession")
    current = poor["plans"][0]
    assert current["spend"] == pytest.approx(0.8 * flat["spend"])
    assert current["within_budget"]
    assert current["mean"] < flat["mean"]
    page = Page((folder / "out" / "simulate.html").read_bytes())
    assert "than the current budget at recession's money on average" in page.words
    assert "approved one at recession's money (−20.0 %), channels and pool" in page.words.replace(
        "\N{NO-BREAK SPACE}", " "
    )


def test_from_a_later_quarter_on_every_plan_has_the_same_closed_quarters(folder):
    months = ("2027-01-31", "2027-02-28", "2027-03-31")
    rows = [f"{month},{name},700" for month in months for name in ("Search", "TV")]
    (folder / "actuals.csv").write_text("\n".join(["date,channel,spend", *rows]) + "\n")
    document = simulated(folder, "--from-quarter", "2027Q2")
    assert len(document["plans"]) == 3
    assert run(["sensitivity", "--from-quarter", "2027Q2", "--jobs", "1", folder]).exit_code == 0


def test_without_a_flat_scenario_they_are_drawn_around_the_policy_alone(folder):
    (folder / "scenarios" / "flat.toml").unlink()
    document = simulated(folder)
    assert document["scenario"] == "base"
    assert [plan["plan"] for plan in document["plans"][1:]] == ["plan for growth", "plan for base"]


def test_plans_that_stand_are_not_made_again(folder, monkeypatch):
    simulated(folder)

    def refused(*_):
        raise AssertionError("planned again")

    monkeypatch.setattr("reallot.planning.reallocate", refused)
    simulated(folder)


def test_a_scenario_whose_rules_collide_is_named_and_the_others_are_judged(folder):
    (folder / "scenarios" / "growth.toml").write_text("[target]\nresponse = 90_000_000\n")
    document = simulated(folder)
    assert [plan["plan"] for plan in document["plans"]] == ["current budget", "plan for flat"]
    assert document["notes"][0].startswith("No plan: growth: these rules cannot hold together")
    assert "growth" in (folder / "out" / "simulate.html").read_text()


def test_where_the_scenario_itself_has_no_plan_the_diagnosis_is_shown(folder):
    (folder / "scenarios" / "growth.toml").write_text("[target]\nresponse = 90_000_000\n")
    result = run(["simulate", "--scenario", "growth", folder])
    assert result.exit_code == 3
    assert "these rules cannot hold together" in result.stderr
    assert not (folder / "out" / "simulate.json").exists()


def hedge(project, **fields):
    """A hedge.json that keeps the approved budget now, and plays each scenario its own way."""
    now = [{"channel": "Search", "amount": 1300}, {"channel": "TV", "amount": 2600}]

    def later(search):
        return [
            {"quarter": "2027Q2", "channel": "Search", "amount": search},
            {"quarter": "2027Q2", "channel": "TV", "amount": 3900 - search},
            {"quarter": "2027Q2", "channel": "reserve", "amount": 400},
        ]

    document = {"now": now, "playbook": {"flat": later(1400), "growth": later(1800)}}
    return document | fields


def write_hedge(folder, **fields):
    """A hedge as `reallot hedge` leaves it, made from the files as they are."""
    project = read_project(folder)
    document = hedge(project, **fields)
    text = json.dumps(document)
    digest = hashlib.sha256(text.encode()).hexdigest()
    funded = {"flat": [], "growth": []}
    made_from = {"inputs": project.inputs, "hedge": digest, "funded": funded}
    (folder / "out" / "hedge.json").write_text(text)
    (folder / "out" / "hedge_inputs.json").write_text(json.dumps(made_from))


def test_the_hedge_is_judged_where_it_stands(folder):
    simulated(folder)
    write_hedge(folder)
    document = simulated(folder)
    current, *_, last = document["plans"]
    assert (last["plan"], last["kind"]) == ("hedge", "hedge")
    assert last["spend"] == pytest.approx(7800.0)
    # Most futures are nearer to flat, where the hedge does what the current budget does.
    assert last["mean"] != current["mean"]
    assert last["quantiles"]["5"] == pytest.approx(current["quantiles"]["5"], rel=0.02)


def test_a_hedge_of_other_files_is_left_out_and_the_files_are_named(folder):
    simulated(folder)
    write_hedge(folder)
    (folder / "scenarios" / "growth.toml").write_text("demand = 1.4\n")
    document = simulated(folder)
    assert len(document["plans"]) == 3
    (note,) = document["notes"]
    assert "it was made from other files (scenarios/growth.toml): hedge again" in note


def test_a_hedge_of_another_quarter_is_left_out_and_the_quarter_is_named(folder):
    simulated(folder)
    write_hedge(folder)
    document = simulated(folder, "--from-quarter", "2027Q2")
    assert any("hedge again with --from-quarter 2027Q2" in note for note in document["notes"])
    assert not any("files" in note for note in document["notes"])


def test_a_hedge_of_a_later_quarter_than_the_first_is_left_out(folder):
    assert run(["hedge", "--from-quarter", "2027Q2", folder]).exit_code == 0
    document = simulated(folder)
    assert any("hedge again without --from-quarter" in note for note in document["notes"])


@pytest.mark.parametrize("edited", ['{"now": []', "amount", "\udcff"])
def test_a_hedge_that_somebody_edited_is_left_out_and_that_is_said(folder, edited):
    assert run(["hedge", folder]).exit_code == 0
    path = folder / "out" / "hedge.json"
    assert simulated(folder)["plans"][-1]["plan"] == "hedge"
    if edited == "amount":
        document = json.loads(path.read_text())
        document["now"][0]["amount"] += 1
        path.write_text(json.dumps(document))
    else:
        path.write_bytes(edited.encode(errors="surrogateescape"))
    document = simulated(folder)
    assert len(document["plans"]) == 3
    assert "is not as it was written" in document["notes"][0]


def test_a_hedge_is_judged_with_scenarios_that_have_no_plan_of_their_own(folder):
    # Alone, growth cannot keep to its own budget in the first quarter; in a hedge it need not.
    tight = "budget = [2.0, 1.0]\n[[channel]]\nname = 'Search'\ncap = 2000\n"
    tight += "[[channel]]\nname = 'TV'\ncap = 3100\n"
    write_scenarios(folder, growth=tight)
    assert run(["hedge", folder]).exit_code == 0
    document = simulated(folder)
    assert [plan["plan"] for plan in document["plans"]] == [
        "current budget",
        "plan for flat",
        "hedge",
    ]
    assert not any("hedge" in note for note in document["notes"])


def test_notes_are_told_on_standard_error_too(folder):
    simulated(folder)
    write_hedge(folder, now=None)
    result = run(["simulate", folder])
    assert "Note: The hedge is left out: hedge.json or hedge_inputs.json is not" in result.stderr


@pytest.mark.parametrize(
    "wrong",
    [
        {"playbook": {"boom": []}},
        {"now": [{"channel": "Radio", "amount": 1}]},
        {"now": None},
    ],
)
def test_a_hedge_that_cannot_be_read_is_left_out_and_that_is_said(folder, wrong):
    simulated(folder)
    write_hedge(folder, **wrong)
    document = simulated(folder)
    assert len(document["plans"]) == 3
    assert "The hedge is left out" in document["notes"][0]


def test_every_future_is_planned_anew_where_that_is_asked_for(folder):
    document = simulated(folder, "--reoptimise", "--futures", "4", "--jobs", "1")
    anew = document["reoptimised"]
    assert anew["planned"] == 4
    assert anew["gap"] <= 1e-3
    assert [one["channel"] for one in anew["channels"]] == ["Search", "TV", "reserve"]
    assert [one["plan"] for one in anew["regrets"]] == [one["plan"] for one in document["plans"]]


def test_plans_of_single_futures_are_not_said_to_bound_a_hedge_that_releases_the_pool(folder):
    simulated(folder)
    releases = "so may the hedge where it releases the pool"
    for hedged in (False, True):
        if hedged:
            write_hedge(folder)
        simulated(folder, "--reoptimise", "--futures", "2", "--jobs", "1")
        page = Page((folder / "out" / "simulate.html").read_bytes())
        assert (releases in page.words) is hedged


def test_one_future_is_one(folder):
    result = run(["simulate", "--reoptimise", "--futures", "1", "--jobs", "1", folder])
    page = Page((folder / "out" / "simulate.html").read_bytes())
    assert "In 1 future the plan for flat" in page.words
    assert "1 future was planned anew" in page.words
    assert "1 futures" not in page.words + result.stderr


def test_progress_is_told_on_standard_error(folder):
    result = run(["simulate", "--reoptimise", "--futures", "30", "--jobs", "1", folder])
    assert "Planning 30 futures anew: 30 of 30" in result.stderr
    assert "Planning" not in result.stdout


def test_stopping_keeps_what_there_is_and_says_so(folder, monkeypatch):
    simulated(folder)
    before = {path.name: path.read_bytes() for path in (folder / "out").glob("simulate.*")}

    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(simulating, "reoptimise", stopped)
    result = run(["simulate", "--reoptimise", "--seed", "9", folder])
    assert result.exit_code == 130
    assert "What was written before is kept" in result.stderr
    after = {path.name: path.read_bytes() for path in (folder / "out").glob("*simulate.*")}
    assert after == before


def test_a_seed_given_twice_is_refused(folder):
    assert "--seed is given 2 times: give it once." in said(folder, "--seed", "1", "--seed", "2")


@pytest.mark.parametrize(
    "options",
    [("--futures", "0"), ("--futures", "-5"), ("--seed", "-1"), ("--jobs", "0", "--reoptimise")],
)
def test_numbers_that_cannot_be_are_refused(folder, options):
    assert "is not in the range" in said(folder, *options)


def test_an_unknown_scenario_is_answered_with_those_there_are(folder):
    text = said(folder, "--scenario", "growht")
    assert "there is no scenario 'growht'" in text
    assert "growth" in text


def test_jobs_without_anything_to_plan_are_refused(folder):
    assert "--jobs is for --reoptimise" in said(folder, "--jobs", "2")


def test_the_page_is_safe_and_says_what_matters(folder):
    (folder / "reallot.toml").write_text(POLICY + SMALL + SLUMP + TARGET)
    simulated(folder, "--reoptimise", "--futures", "40", "--jobs", "1")
    page = Page((folder / "out" / "simulate.html").read_bytes())
    assert_safe(page)
    assert_accessible(page)
    assert "In 40 futures the plan for flat brings" in page.words
    assert "Which futures hurt the plan for flat" in page.words
    assert "slump" in page.words
    assert "Misses response" in page.words
    assert len([a for a in page.all("svg") if a.get("role") == "img"]) == 3


def test_names_from_files_cannot_break_the_page(folder):
    event = SLUMP.replace("slump", "<script>alert(1)</script>")
    (folder / "reallot.toml").write_text(POLICY + SMALL + event)
    simulated(folder)
    assert_safe(Page((folder / "out" / "simulate.html").read_bytes()))


def test_what_is_bought_in_another_currency_hangs_on_its_rate(folder):
    policy = POLICY
    still = "[simulate]\nfutures = 60\nmedia_price = 0\ndemand = 0\nconversion = 0\nbasket = 0\n"
    (folder / "reallot.toml").write_text(f"{policy}\n{still}")
    assert simulated(folder)["plans"][0]["standard_deviation"] == pytest.approx(0, abs=1e-6)
    abroad = '\n[[channel]]\nname = "TV"\nbuys_in = "USD"\n'
    (folder / "reallot.toml").write_text(f"{policy}{abroad}\n{still}exchange = 0.1\n")
    assert simulated(folder)["plans"][0]["standard_deviation"] > 1
