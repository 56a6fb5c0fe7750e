import json
from dataclasses import asdict, replace

import pytest

from models.curve import Curves, Member
from optimizer.errors import NoPlanInTime
from reallot import fitting, planning
from reallot.fitting import curves_of
from reallot.project import read_project
from tests.reallot.projects import (
    BUDGET,
    CURVES,
    POLICY,
    read,
    run,
    write_project,
    write_scenarios,
)


@pytest.fixture
def folder(tmp_path):
    write_project(tmp_path, history__csv=None, curves__csv=CURVES)
    write_scenarios(tmp_path, flat="", growth="budget = 1.1\n")
    return tmp_path


@pytest.fixture
def planned(folder):
    assert run(["plan", folder]).exit_code == 0
    return folder


def modified(folder):
    return {path: path.stat().st_mtime_ns for path in (folder / "out").rglob("*")}


def test_every_scenario_is_planned_into_its_own_folder(planned):
    folders = {path.name for path in (planned / "out").iterdir() if path.is_dir()}
    assert folders == {"flat", "growth"}
    for name in folders:
        document = json.loads((planned / "out" / name / "plan.json").read_text())
        assert document["scenario"] == name
        assert document["status"] == "optimal"


def test_one_scenario_is_planned_alone(folder):
    assert run(["plan", "--scenario", "growth", folder]).exit_code == 0
    assert not (folder / "out" / "flat").exists()


def test_json_is_the_list_of_the_plans(folder):
    result = run(["plan", "--json", folder])
    documents = json.loads(result.stdout)
    assert [document["scenario"] for document in documents] == ["flat", "growth"]
    assert documents[0] == json.loads((folder / "out" / "flat" / "plan.json").read_text())


def test_a_plan_names_the_hash_of_every_file_it_rests_on(planned):
    document = json.loads((planned / "out" / "flat" / "plan.json").read_text())
    names = {"reallot.toml", "budget.csv", "curves.csv", "scenarios/flat.toml"}
    assert set(document["inputs"]) == names


@pytest.mark.parametrize("wrong", [{"version": 99}, {"rows": 1}, {"gap": None, "rules": [{}]}])
def test_a_plan_that_cannot_be_read_is_made_again(planned, wrong):
    path = planned / "out" / "flat" / "plan.json"
    whole = path.read_text()
    path.write_text(json.dumps(json.loads(whole) | wrong))
    assert run(["compare", planned]).exit_code == 0
    assert path.read_text() == whole


def test_a_written_plan_is_read_back_as_it_was(planned):
    project = read_project(planned)
    curves = curves_of(project)
    plans, stale = planning.plans_that_stand(project, curves, 60)
    written = planning.plan_all(project, curves, ["flat", "growth"], 60)
    assert stale == []
    for plan, again in zip(plans, (result.plan for result in written), strict=True):
        assert plan.allocation.spend.tolist() == again.allocation.spend.tolist()
        assert plan.allocation.pool.tolist() == again.allocation.pool.tolist()
        assert plan.objective == pytest.approx(again.objective, abs=0.01)
        assert [row.channel for row in plan.rows] == [row.channel for row in again.rows]
        assert len(plan.rules) == len(again.rules)
        assert asdict(plan.rules[0])["rule"] == asdict(again.rules[0])["rule"]


def stale_in(folder):
    project = read_project(folder)
    return planning.plans_that_stand(project, curves_of(project), 60)[1]


def test_another_budget_makes_every_plan_stale(planned):
    (planned / "budget.csv").write_text(BUDGET.replace("1300", "1200"))
    assert stale_in(planned) == ["flat", "growth"]


def test_another_scenario_file_makes_its_own_plan_stale_only(planned):
    (planned / "scenarios" / "growth.toml").write_text("budget = 1.2\n")
    assert stale_in(planned) == ["growth"]


@pytest.mark.parametrize("content", ["", "{", "[]", "{}"])
def test_a_damaged_plan_is_planned_again(planned, content):
    (planned / "out" / "flat" / "plan.json").write_text(content)
    assert stale_in(planned) == ["flat"]


def test_compare_plans_again_what_is_stale_only(planned):
    before = modified(planned)
    (planned / "scenarios" / "growth.toml").write_text("budget = 1.2\n")
    assert run(["compare", planned]).exit_code == 0
    after = modified(planned)
    changed = {path.parent.name for path in before if before[path] != after[path]}
    assert "growth" in changed
    assert "flat" not in changed


def test_compare_puts_the_scenarios_side_by_side(folder):
    result = run(["compare", "--json", folder])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == json.loads((folder / "out" / "compare.json").read_text())


def test_planning_again_writes_the_same_bytes(planned):
    files = [path for path in (planned / "out").rglob("*") if path.is_file()]
    before = {path: path.read_bytes() for path in files}
    assert run(["plan", planned]).exit_code == 0
    assert {path: path.read_bytes() for path in files} == before


def test_curves_are_fitted_again_only_when_their_inputs_changed(planned, monkeypatch):
    fitted = []
    fit_curves = fitting.fit_curves
    monkeypatch.setattr(
        fitting, "fit_curves", lambda project: fitted.append(1) or fit_curves(project)
    )
    curves_of(read_project(planned))
    (planned / "budget.csv").write_text(BUDGET.replace("1300", "1200"))
    (planned / "reallot.toml").write_text(POLICY.replace("0.20", "0.30"))
    curves_of(read_project(planned))
    assert fitted == []
    (planned / "curves.csv").write_text(CURVES.replace("20000", "30000"))
    curves = curves_of(read_project(planned))
    assert (fitted, curves["Search"].top) == ([1], 30000)


@pytest.mark.parametrize("content", ["", "{}", '{"inputs": 3}'])
def test_damaged_curves_are_fitted_again(planned, content):
    path = planned / "out" / "curves.json"
    whole = path.read_text()
    path.write_text(content)
    curves_of(read_project(planned))
    assert path.read_text() == whole


def test_the_page_of_the_curves_is_written_beside_them(planned):
    page = planned / "out" / "curves.html"
    whole = page.read_bytes()
    assert b"What money brings in 2 channels" in whole
    page.unlink()
    curves_of(read_project(planned))
    assert page.read_bytes() == whole


COLLIDING = POLICY + "\n[reserve]\nshare = [0.6, 0.7]\n"


def test_rules_that_collide_exit_with_3_and_leave_no_plan(folder):
    (folder / "reallot.toml").write_text(COLLIDING)
    result = run(["plan", folder])
    assert result.exit_code == 3
    assert "cannot hold together" in result.stderr
    assert [path.name for path in (folder / "out" / "flat").iterdir()] == ["no_plan.txt"]


def test_a_scenario_whose_rules_collide_does_not_keep_the_others_from_being_planned(folder):
    (folder / "scenarios" / "growth.toml").write_text("[reserve]\nshare = [0.6, 0.7]\n")
    result = run(["plan", folder])
    assert result.exit_code == 3
    assert "growth" in result.stderr
    assert "flat" not in result.stderr.replace("Planning flat", "")
    assert (folder / "out" / "flat" / "plan.json").exists()
    assert not (folder / "out" / "growth" / "plan.json").exists()


def note_of(folder, name="growth"):
    path = folder / "out" / name / "no_plan.txt"
    return path.read_text() if path.exists() else None


@pytest.mark.parametrize("command", ["plan", "compare"])
def test_a_note_says_that_a_scenario_has_no_plan_and_what_its_old_files_are(planned, command):
    before = {path: path.read_bytes() for path in (planned / "out" / "growth").iterdir()}
    (planned / "scenarios" / "growth.toml").write_text("[reserve]\nshare = [0.6, 0.7]\n")
    assert run([command, planned]).exit_code == 3
    note = note_of(planned)
    assert note.startswith("growth could not be planned.\n\ngrowth: these rules cannot hold")
    assert "  - the pool holds" in note
    assert "any one of these changes makes them fit:\n  - " in note
    assert "Look at scenarios/growth.toml, row 2: reserve.share.\n" in note
    assert note.endswith("of earlier inputs: they do not show what holds now.\n")
    assert {path: path.read_bytes() for path in before} == before
    assert note_of(planned, "flat") is None


def test_where_there_was_no_plan_before_the_note_speaks_of_no_other_files(folder):
    (folder / "scenarios" / "growth.toml").write_text("[reserve]\nshare = [0.6, 0.7]\n")
    run(["plan", folder])
    assert "other files" not in note_of(folder)
    first = note_of(folder)
    run(["plan", folder])
    assert note_of(folder) == first


@pytest.mark.parametrize("command", ["plan", "compare"])
def test_the_next_plan_of_the_scenario_takes_the_note_away(planned, command):
    (planned / "scenarios" / "growth.toml").write_text("[reserve]\nshare = [0.6, 0.7]\n")
    run(["plan", planned])
    (planned / "scenarios" / "growth.toml").write_text("budget = 1.2\n")
    assert run([command, planned]).exit_code == 0
    assert note_of(planned) is None


def test_where_the_files_are_again_those_of_the_plan_the_note_is_taken_away(planned):
    own = planned / "scenarios" / "growth.toml"
    before = own.read_text()
    own.write_text("[reserve]\nshare = [0.6, 0.7]\n")
    run(["plan", planned])
    own.write_text(before)
    assert run(["compare", planned]).exit_code == 0
    assert note_of(planned) is None


def test_a_plan_that_was_not_found_in_time_leaves_a_note_beside_the_one_that_stands(
    planned, monkeypatch
):
    def late(problem):
        raise NoPlanInTime("no plan was found within the time limit: allow more time")

    monkeypatch.setattr(planning, "reallocate", late)
    assert run(["plan", planned]).exit_code == 4
    for name in ("flat", "growth"):
        note = note_of(planned, name)
        assert "no plan was found within the time limit" in note
        assert "--time-limit" in note
        assert note.endswith("an earlier plan of the same inputs: it still stands.\n")


def test_a_folder_that_cannot_be_written_exits_with_2_and_leaves_nothing(folder):
    (folder / "out").write_text("a file in the way")
    result = run(["plan", folder])
    assert result.exit_code == 2
    assert "cannot write" in result.stderr
    assert (folder / "out").read_text() == "a file in the way"


def test_a_plan_in_which_a_rule_gave_way_is_read_back_as_it_was(tmp_path):
    policy = POLICY + '\n[[channel]]\nname = "TV"\nfloor = { value = 99_000, bends = 3 }\n'
    project = read(tmp_path, reallot__toml=policy, history__csv=None, curves__csv=CURVES)
    curves = curves_of(project)
    [written] = planning.plan_all(project, curves, ["base"], 60)
    [again], _ = planning.plans_that_stand(project, curves, 60)
    assert {bent.key for bent in again.bent} == {"TV"}
    assert again.bent == written.plan.bent


def test_how_sure_a_gain_is_is_read_back_as_it_was(planned):
    project = read_project(planned)
    certain = curves_of(project)
    members = {
        curve.channel: tuple(
            Member(factor * curve.top, curve.half, curve.slope, curve.carryover)
            for factor in factors
        )
        for curve, factors in zip(certain.curves, [(0.8, 1.0, 1.2), (1.5, 1.0, 0.5)], strict=True)
    }
    curves = Curves(tuple(replace(c, members=members[c.channel]) for c in certain.curves))
    [written] = planning.plan_all(project, curves, ["flat"], 60)
    plans, _ = planning.plans_that_stand(project, curves, 60)
    assert written.plan.doubt.members == 3
    assert written.plan.doubt.gain.low < written.plan.doubt.gain.high
    assert plans[0].doubt == written.plan.doubt
    assert [plan.doubt for plan in plans[1:]] == [None]


def test_the_others_are_compared_where_the_rules_of_one_scenario_collide(folder):
    (folder / "scenarios" / "growth.toml").write_text("[reserve]\nshare = [0.6, 0.7]\n")
    result = run(["compare", folder])
    assert result.exit_code == 3
    assert "growth: these rules cannot hold together" in result.stderr
    done = f"The others are compared all the same: {folder / 'out' / 'compare.html'}"
    assert result.stderr.splitlines()[-1] == done
    document = json.loads((folder / "out" / "compare.json").read_text())
    assert [plan["scenario"] for plan in document["plans"]] == ["flat"]
    [(name, why)] = [(left["scenario"], left["why"]) for left in document["not_planned"]]
    assert name == "growth"
    assert "the pool holds" in why
    assert "makes them fit" in why


def test_nothing_is_compared_where_no_scenario_has_a_plan(folder):
    (folder / "reallot.toml").write_text(COLLIDING)
    result = run(["compare", folder])
    assert result.exit_code == 3
    assert "all the same" not in result.stderr
    assert not (folder / "out" / "compare.json").exists()


def test_plans_made_at_once_are_those_made_one_by_one(folder, monkeypatch):
    project = read_project(folder)
    curves = curves_of(project)
    alone = planning.plan_all(project, curves, ["flat", "growth"], 60)
    monkeypatch.setattr(planning, "jobs_for", lambda problems: 2)
    together = planning.plan_all(project, curves, ["flat", "growth"], 60)
    assert [result.document for result in together] == [result.document for result in alone]


def test_why_rules_collide_is_told_as_well_where_plans_are_made_at_once(folder, monkeypatch):
    monkeypatch.setattr(planning, "jobs_for", lambda problems: 2)
    (folder / "scenarios" / "growth.toml").write_text("[reserve]\nshare = [0.6, 0.7]\n")
    result = run(["plan", folder])
    assert result.exit_code == 3
    assert "growth: these rules cannot hold together" in result.stderr
    assert (folder / "out" / "flat" / "plan.json").exists()
