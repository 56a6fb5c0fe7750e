import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from reallot.report.figures import money
from tests.reallot.projects import CURVES, POLICY, findings, run, write_project, write_scenarios
from tests.reallot.report.pages import Page

RESERVE = "\n[reserve]\nshare = [0.0, 0.15]\n"
GROWTH = "probability = 0.4\ndemand = [1.0, 1.3]\nbudget = 1.1\n"
RECESSION = 'probability = 0.6\ndemand = [1.0, 0.7]\nsignal = "sales fall"\n'


def project(folder: Path, policy: str = POLICY + RESERVE, **scenarios: str) -> Path:
    write_project(folder, curves__csv=CURVES, reallot__toml=policy)
    write_scenarios(folder, **(scenarios or {"growth": GROWTH, "recession": RECESSION}))
    return folder


def document(folder: Path, *options: str) -> dict[str, Any]:
    result = run(["hedge", *options, "--json", folder])
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def test_a_hedge_is_written_beside_the_scenarios_and_told(tmp_path: Path) -> None:
    result = run(["hedge", project(tmp_path)])
    assert result.exit_code == 0, result.output
    assert "If recession (" in result.stdout
    assert "Knowing the future before deciding" in result.stdout
    assert {path.name for path in (tmp_path / "out").iterdir()} >= {"hedge.json", "hedge.html"}
    assert "sales fall" in (tmp_path / "out" / "hedge.html").read_text(encoding="utf-8")


def test_json_is_the_document_that_is_written(tmp_path: Path) -> None:
    told = document(project(tmp_path))
    assert told == json.loads((tmp_path / "out" / "hedge.json").read_text(encoding="utf-8"))
    assert told["bound"] >= told["objective"]
    assert told["gap"] <= 1e-4


def test_the_first_quarter_has_the_policys_budget_whatever_scenarios_say(tmp_path: Path) -> None:
    told = document(project(tmp_path))
    assert sum(row["amount"] for row in told["now"]) == pytest.approx(1300 + 2600 + 400)
    growth = sum(row["amount"] for row in told["playbook"]["growth"])
    assert growth >= 1.1 * (1400 + 2500 + 400) - 0.01


def test_without_release_the_quarters_keep_to_their_budgets(tmp_path: Path) -> None:
    told = document(project(tmp_path), "--no-release")
    growth = sum(row["amount"] for row in told["playbook"]["growth"])
    assert growth == pytest.approx(1.1 * (1400 + 2500 + 400), abs=1e-6)


def test_one_scenario_without_release_is_its_plan_to_the_cent(tmp_path: Path) -> None:
    folder = project(tmp_path, growth="demand = 1.2\nbudget = 1.1\n")
    told = document(folder, "--no-release")
    assert run(["plan", folder]).exit_code == 0
    text = (tmp_path / "out" / "growth" / "plan.json").read_text(encoding="utf-8")
    plan = json.loads(text)
    amounts = {(row["quarter"], row["channel"]): row["recommended"] for row in plan["rows"]}
    hedged = {("2027Q1", row["channel"]): row["amount"] for row in told["now"]}
    later = told["playbook"]["growth"]
    hedged |= {(row["quarter"], row["channel"]): row["amount"] for row in later}
    assert hedged == amounts
    assert told["objective"] == plan["objective"]


def test_scenarios_without_probabilities_are_equally_probable(tmp_path: Path) -> None:
    plain = {"up": "demand = 1.3\n", "down": "demand = 0.7\n"}
    said = {name: f"probability = 0.5\n{text}" for name, text in plain.items()}
    one, other = tmp_path / "one", tmp_path / "other"
    assert document(project(one, **plain)) == document(project(other, **said))


def test_the_least_largest_regret_is_sought_on_request(tmp_path: Path) -> None:
    folder = project(tmp_path)
    told = document(folder, "--objective", "regret")
    assert told["objective"] >= told["bound"] >= 0
    assert told["wait_and_see"] == 0


def test_the_worst_of_all_probability_is_the_expectation(tmp_path: Path) -> None:
    folder = project(tmp_path)
    worst = document(folder, "--objective", "cvar", "--worst", "1")
    expected = document(folder)
    assert worst["objective"] == pytest.approx(expected["objective"], rel=2e-4)
    assert document(folder, "--objective", "cvar")["objective"] <= worst["objective"]


def test_a_share_of_the_worst_without_looking_at_it_is_refused(tmp_path: Path) -> None:
    result = run(["hedge", "--worst", "0.1", project(tmp_path)])
    assert result.exit_code == 2
    assert "--objective cvar" in result.output


def test_what_is_kept_may_be_worth_something(tmp_path: Path) -> None:
    kept = document(project(tmp_path, POLICY + RESERVE + "keep_value = 1000\n"))
    for rows in kept["playbook"].values():
        spent = sum(row["amount"] for row in rows if row["channel"] != "reserve")
        assert spent <= 1.1 * (1400 + 2500 + 400)


def test_what_is_kept_is_worth_nothing_or_more(tmp_path: Path) -> None:
    (finding,) = findings(tmp_path, reallot__toml=POLICY + RESERVE + "keep_value = -1\n")
    assert finding.column == "reserve.keep_value"


IMPOSSIBLE = '[[channel]]\nname = "TV"\nfloor = 90_000\n'


def test_scenarios_whose_rules_collide_are_named_and_the_others_are_hedged(tmp_path: Path) -> None:
    chances = {"growth": 0.5, "flat": 0.3, "recession": 0.2}
    own = {"growth": IMPOSSIBLE, "flat": "demand = 1.0\n", "recession": "demand = [1.0, 0.7]\n"}
    folder = project(
        tmp_path, **{name: f"probability = {chances[name]}\n{own[name]}" for name in own}
    )
    result = run(["hedge", "--json", folder])
    assert result.exit_code == 3
    (error,) = json.loads(result.stdout)["errors"]
    assert error["found"].startswith("growth: these rules cannot hold together")
    written = json.loads((tmp_path / "out" / "hedge.json").read_text(encoding="utf-8"))
    assert set(written["playbook"]) == {"flat", "recession"}
    page = (tmp_path / "out" / "hedge.html").read_text(encoding="utf-8")
    assert "Left out: without a plan" in page
    assert "If flat (60 % probable)" in page.replace("\u202f", " ").replace("\xa0", " ")


def test_what_is_hedged_all_the_same_is_said_and_where_it_is(tmp_path: Path) -> None:
    folder = project(tmp_path, growth=IMPOSSIBLE, flat="demand = 1.0\n", recession="")
    result = run(["hedge", folder])
    assert result.exit_code == 3
    page = tmp_path / "out" / "hedge.html"
    done = f"The others are hedged all the same, without growth: {page}"
    assert result.stderr.splitlines()[-1] == done


def test_where_no_scenario_has_a_plan_each_says_why_and_nothing_is_written(tmp_path: Path) -> None:
    folder = project(tmp_path, growth=IMPOSSIBLE, recession=IMPOSSIBLE)
    result = run(["hedge", "--json", folder])
    assert result.exit_code == 3
    found = [error["found"] for error in json.loads(result.stdout)["errors"]]
    assert [text.split(":")[0] for text in found] == ["growth", "recession"]
    assert not (tmp_path / "out" / "hedge.json").exists()


def test_what_the_hedge_was_made_from_is_written_beside_it(tmp_path: Path) -> None:
    folder = project(tmp_path)
    document(folder)
    text = (tmp_path / "out" / "hedge_inputs.json").read_text(encoding="utf-8")
    made_from = json.loads(text)
    assert {"budget.csv", "scenarios/growth.toml"} <= set(made_from["inputs"])
    assert made_from["funded"] == {"growth": [], "recession": []}
    written = (tmp_path / "out" / "hedge.json").read_bytes()
    assert made_from["hedge"] == hashlib.sha256(written).hexdigest()


def test_what_closed_quarters_set_aside_may_be_released_now_and_the_page_says_so(
    tmp_path: Path,
) -> None:
    told = document(project(tmp_path), "--from-quarter", "2027Q2")
    released = sum(row["amount"] for row in told["now"]) - (1400 + 2500 + 400)
    assert released > 1
    words = " ".join(Page((tmp_path / "out" / "hedge.html").read_bytes()).words.split())
    assert "Do now: 2027Q2 Release" in words
    assert f"of the pool, {' '.join(money(released, 'CNY').split())}" in words
    assert f"{released:,.0f} released" in words
