"""Fits on several workers: the same curves, wherever they were fitted."""

import joblib
import pytest

from models import History
from models.fit import fit
from tests.models.worlds import attributed_world


@pytest.fixture(scope="module")
def past() -> History:
    return attributed_world(3, channels=20).history


@pytest.fixture(scope="module")
def alone(past: History) -> str:
    return fit(past, jobs=1).to_json()


def test_threads_give_the_same_curves(past: History, alone: str):
    with joblib.parallel_config("threading", n_jobs=2):
        assert fit(past).to_json() == alone


@pytest.mark.long
def test_processes_give_the_same_curves(past: History, alone: str):
    assert fit(past, jobs=2).to_json() == alone


@pytest.mark.long
# The cluster is distributed's own affair: what it deprecates or closes late says nothing of ours.
@pytest.mark.filterwarnings("ignore")
def test_a_dask_cluster_gives_the_same_curves(past: History, alone: str):
    distributed = pytest.importorskip("distributed")
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, worker_dashboard_address=None
    )
    with cluster, distributed.Client(cluster), joblib.parallel_config("dask"):
        assert fit(past).to_json() == alone
