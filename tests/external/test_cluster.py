"""A standalone cluster of two workers on loopback ports, of which one is killed in the middle."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import REPOSITORY, need

ARTICLES = 120
TASKS = 12
TIMEOUT_S = 300

DRIVER = """
import sys, time
import nuansa.spark
from pyspark.sql import SparkSession

source, out, model, tasks, pause, speculate = sys.argv[1:]

def slowly(batches):
    for batch in batches:
        time.sleep(float(pause))
        yield batch

spark = (
    SparkSession.builder.appName("nuansa")
    .config("spark.speculation", speculate).config("spark.speculation.multiplier", "1.1")
    .config("spark.speculation.quantile", "0.1").config("spark.sql.shuffle.partitions", "4")
    .config("spark.ui.enabled", "false").config("spark.executor.memory", "512m").getOrCreate()
)
articles = spark.read.schema("id string, text string, date string").json(source).repartition(int(tasks))
scored = nuansa.spark.score(articles, id_col="id", text_col="text", model=model)
nuansa.spark.write(scored.mapInArrow(slowly, scored.schema), out, dedup=True, roll_up=True)
spark.stop()
"""


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class Cluster:
    """A master and its workers, each in a session of its own, so that it dies with its executors."""

    def __init__(self, folder: Path) -> None:
        """Start them."""
        pyspark, nuansa = need("pyspark"), need("nuansa")
        home = Path(pyspark.__file__).parent
        self.folder, self.home = folder, home
        places = [str(Path(nuansa.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
        self.environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(places),
            "PYSPARK_PYTHON": sys.executable,
            "PYSPARK_DRIVER_PYTHON": sys.executable,
            "SPARK_HOME": str(home),
            "SPARK_LOCAL_IP": "127.0.0.1",
        }
        self.url = f"spark://127.0.0.1:{free_port()}"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.start("master", "org.apache.spark.deploy.master.Master", "--port", self.url.rpartition(":")[2])
        self.workers = [self.worker(name) for name in ("one", "two")]
        self.wait_for("master", "Registering worker", len(self.workers))

    def start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        """A process of Spark's, with its log."""
        log = (self.folder / f"{name}.log").open("wb")
        line = [str(self.home / "bin" / "spark-class"), command[0], "--host", "127.0.0.1"]
        line += ["--webui-port", str(free_port()), *command[1:]]
        process = subprocess.Popen(line, stdout=log, stderr=log, env=self.environment, start_new_session=True)
        self.processes.append(process)
        return process

    def worker(self, name: str) -> subprocess.Popen[bytes]:
        """One worker with one core."""
        folder = self.folder / f"worker-{name}"
        options = ["--cores", "1", "--memory", "600m", "--work-dir", str(folder)]
        return self.start(name, "org.apache.spark.deploy.worker.Worker", *options, self.url)

    def wait_for(self, name: str, words: str, times: int) -> None:
        """Until a log says so."""
        deadline = time.monotonic() + 60
        while (self.folder / f"{name}.log").read_text(errors="replace").count(words) < times:
            if time.monotonic() > deadline:
                log = (self.folder / f"{name}.log").read_text(errors="replace")[-2000:]
                if os.environ.get("CI") == "true":
                    pytest.fail(log)
                pytest.skip(f"Spark does not start; it needs a JDK: {log}")
            time.sleep(0.2)

    def submit(self, source: Path, out: Path, model: str, pause: float, speculate: bool) -> subprocess.Popen[bytes]:
        """Run the driver."""
        driver = self.folder / "driver.py"
        driver.write_text(DRIVER, encoding="utf-8")
        line = [sys.executable, driver, source, out, model, TASKS, pause, str(speculate).lower()]
        log = (self.folder / f"{out.name}.log").open("wb")
        environment = self.environment | {"PYSPARK_SUBMIT_ARGS": f"--master {self.url} pyspark-shell"}
        process = subprocess.Popen(
            [str(word) for word in line], stdout=log, stderr=log, env=environment, start_new_session=True
        )
        self.processes.append(process)
        return process

    def stop(self) -> None:
        """End what is left."""
        for process in self.processes:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and all that it started, without warning."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def model() -> str:
    """A tiny model."""
    return os.environ.get("NUANSA_MODEL") or str(REPOSITORY / "tests" / "models" / "tiny")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Running."""
    made = Cluster(tmp_path)
    yield made
    made.stop()


def table(folder: Path, name: str, order: list[str]) -> list[dict[str, Any]]:
    """Sorted rows."""
    found = need("pyarrow.parquet").read_table(folder / name, partitioning=None)
    return found.sort_by([(key, "ascending") for key in order]).to_pylist()


def test_a_killed_worker_changes_no_row(cluster: Cluster, model: str, tmp_path: Path) -> None:
    """Scores of the whole cluster, and of one whose worker dies while it scores and whose slow tasks run twice."""
    source = tmp_path / "in.jsonl"
    # Every other article repeats the one before it
    texts = (f"Rusia menolak NATO {i // 2} kali. China menyerang Indonesia." for i in range(ARTICLES))
    records = [{"id": f"a{i}", "text": text, "date": "2031-05-01"} for i, text in enumerate(texts)]
    source.write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")

    whole = cluster.submit(source, tmp_path / "whole", model, 0.0, speculate=False)
    assert whole.wait(TIMEOUT_S) == 0, (tmp_path / "whole.log").read_text()[-3000:]

    hurt = cluster.submit(source, tmp_path / "hurt", model, 0.5, speculate=True)
    # Some tasks are done and others are not when the first rows lie in the job's temporary folder
    rows = tmp_path / "hurt" / "scored"
    deadline = time.monotonic() + 120
    while len(list(rows.glob("_temporary/0/task_*"))) < 3:
        assert hurt.poll() is None and time.monotonic() < deadline, (tmp_path / "hurt.log").read_text()[-3000:]
        time.sleep(0.05)
    assert not (rows / "_SUCCESS").exists()
    end(cluster.workers[0])
    assert hurt.wait(TIMEOUT_S) == 0, (tmp_path / "hurt.log").read_text()[-3000:]
    assert cluster.workers[0].poll() is not None and cluster.workers[1].poll() is None

    found = table(tmp_path / "hurt", "articles", ["article_id"])
    assert [row["article_id"] for row in found] == sorted(record["id"] for record in records)
    repeated = {row["article_id"] for row in found if row["duplicate_of"] is not None}
    assert len(repeated) == ARTICLES / 2
    order = {"articles": ["article_id"], "sentences": ["article_id", "sentence_id"]}
    order |= {"mentions": ["article_id", "sentence_id", "start"], "actors": ["actor_id", "role_group"]}
    order |= {"dyads": ["source_id", "target_id"], "timeline": ["period", "actor_id", "role_group"]}
    for name, keys in order.items():
        assert table(tmp_path / "hurt", name, keys) == table(tmp_path / "whole", name, keys), name
