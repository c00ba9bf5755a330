"""Label Studio's own code reads what `nuansa sample` writes, and `nuansa import` what its own converter exports.

    pip install -r tests/external/requirements-annotation.txt
    pytest tests/external/test_annotation.py

No model and no server: the sentences come with probabilities. Argilla and doccano need a server even to export, so
their forms are held to the source of argilla 2.8.0 (Record.from_dict) and doccano 1.8.4 (data_import, data_export,
label_types) by tests beside the writers (src/annotate/sample/write/tests.rs) and are not exercised here.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from conftest import need

TEXTS = [
    "=Kuota ikan dipangkas separuh, kata Menteri Sura.",
    '«Ya», jawab nelayan Tirta 🐟; "besok", tambahnya.',
    "Rapat kedua desa ditunda\u00a0sampai Senin.",
    "Kapal patroli Suram mengusir perahu nelayan.",
]


@pytest.fixture
def sampled(binary: Path, tmp_path: Path) -> Path:
    """A folder with tasks.json and tasks.xml."""
    rows = [
        {"id": f"berita/{i}.txt#{i}", "group": f"berita/{i}.txt", "lang": "id", "text": text,
         "before": ["Judul."], "p_stance": [0.2, 0.5, 0.3], "p_tone": [0.1, 0.6, 0.3]}
        for i, text in enumerate(TEXTS)
    ]  # fmt: skip
    (tmp_path / "pool.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    run(binary, tmp_path, "sample", "pool.jsonl", "--sentences", "--strategy", "uncertain", "--out", "tasks.json")
    return tmp_path


def run(binary: Path, folder: Path, *words: str) -> None:
    """Runs the program in a folder, without a fault."""
    done = subprocess.run([binary, *words], cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr


def choice(number: int, name: str, label: str) -> dict[str, object]:
    """An answer to one question."""
    value = {"choices": [label]}
    return {"id": f"r{number}{name}", "from_name": name, "to_name": "text", "type": "choices", "value": value}


def exported(folder: Path) -> Path:
    """A folder with the tasks as the server's full export has them: numbers of its own, one annotation each."""
    tasks = json.loads((folder / "tasks.json").read_text(encoding="utf-8"))
    for number, task in enumerate(tasks, 1):
        task["id"] = number
        task["annotations"] = [
            {"id": 10 + number, "completed_by": {"id": 1, "email": "ayu@example.org"}, "was_cancelled": False,
             "result": [choice(number, "stance", "neutral"), choice(number, "tone", "negative")], "lead_time": 3.5,
             "created_at": "2031-05-01T08:00:00Z", "updated_at": "2031-05-01T08:00:09Z"}
        ]  # fmt: skip
    into = folder / "server"
    into.mkdir()
    # The server hands its converter one file a task
    for task in tasks:
        (into / f"{task['id']}.json").write_text(json.dumps(task, ensure_ascii=False), encoding="utf-8")
    return into


def test_the_configuration_is_valid_and_knows_every_prediction(sampled: Path) -> None:
    """Label Studio's own check of configuration and tasks."""
    interface = need("label_studio_sdk.label_interface").LabelInterface((sampled / "tasks.xml").read_text())
    interface.validate()
    tasks = json.loads((sampled / "tasks.json").read_text(encoding="utf-8"))
    assert len(tasks) == len(TEXTS)
    for task in tasks:
        assert {"text", "before", "after"} <= set(task["data"])
        for prediction in task["predictions"]:
            assert interface.validate_prediction(prediction, return_errors=True) == []
    wrong = {"result": [{**tasks[0]["predictions"][0]["result"][0], "value": {"choices": ["keras"]}}]}
    assert interface.validate_prediction(wrong, return_errors=True)


@pytest.mark.parametrize("form", ["json", "json_min", "csv"])
def test_what_its_converter_writes_comes_back_under_our_ids(binary: Path, sampled: Path, form: str) -> None:
    """Label Studio's exports, read by `nuansa import`."""
    server = exported(sampled)
    converter = need("label_studio_sdk.converter").Converter(
        config=str(sampled / "tasks.xml"), project_dir=str(sampled), download_resources=False
    )
    out = sampled / "out"
    convert = {
        "json": converter.convert_to_json,
        "json_min": converter.convert_to_json_min,
        "csv": converter.convert_to_csv,
    }
    if form == "csv":
        convert[form](str(server), str(out), is_dir=True, header=True, sep=",")
    else:
        convert[form](str(server), str(out), is_dir=True)
    written = [path for path in out.rglob("*") if path.suffix in {".json", ".csv"}]
    assert len(written) == 1, written
    run(
        binary,
        sampled,
        "import",
        str(written[0]),
        "--from",
        "csv" if form == "csv" else "label-studio",
        "--out",
        "labels.jsonl",
    )
    rows = [json.loads(line) for line in (sampled / "labels.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {row["id"]: row["text"] for row in rows} == {f"berita/{i}.txt#{i}": t for i, t in enumerate(TEXTS)}
    for row in rows:
        assert (row["stance"], row["tone"]) == ("neutral", "negative")
        assert row["group"] == row["id"].split("#")[0]
