"""The scripts of `means/` against the program's own tables, and its formats in the readers that people use."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import TIMEOUT_S, Score, missing, need, read_table

MEANS = Path(__file__).resolve().parent / "means"
#: Half a unit of the last decimal printed, and what adding in another order may change.
ROUNDING = 5.2e-7
FORMULA = ("=", "+", "-", "@", "\t", "\r")

LIST = """
[[actor]]
id = "selat-raya"
type = "state"
name = "Selat Raya"
aliases.any = ["Selat Raya"]
[[actor]]
id = "dewan-laut"
type = "organisation"
name = "Dewan Laut"
aliases.any = ["Dewan Laut"]
[[actor]]
id = "nan"
type = "state"
name = "Namira"
aliases.any = ["Namira"]
"""
THREAT = "Selat Raya mengancam akan menyerang pelabuhan Namira besok pagi."
TALKS = "Dewan Laut mengajak Selat Raya dan Namira berunding lagi di Pulau Kasuari."
RECORDS = [
    {"id": "007", "title": "=SUM(A1:A9)", "date": "2031-02-01", "text": f"{THREAT} {TALKS}"},
    {"id": "NA", "title": 'Kapal "Elang", lalu\nbadai', "date": "2031-02-03", "text": f"{TALKS} Namira menyambutnya."},
    {"id": "kapal-é", "title": "- Tanpa judul", "text": "+62 kapal Namira ditahan Selat Raya. @namira diam saja."},
    {"id": "sepi", "text": ""},
    {"id": "=2+3", "text": "“Kami tidak akan mundur,” kata juru bicara Dewan Laut kepada Namira."},
]

#: The example under "Measures" in the README: article, sentence, score, who, in which role, to whom.
WORKED = [
    ("a", 0, "0.800000", "arunika", "agent", "benara"),
    ("a", 1, "0.600000", "arunika", "agent", "benara"),
    ("a", 2, "-0.700000", "benara", "source", "arunika"),
    ("b", 0, "0.400000", "arunika", "agent", "benara"),
    ("c", 0, "0.600000", "arunika", "agent", "benara"),
]

Key = tuple[str, str, str]
Rows = dict[Key, tuple[int, list[float | None]]]


def rows_of(text: str) -> Rows:
    """What a script prints."""
    found: Rows = {}
    for row in csv.DictReader(io.StringIO(text)):
        numbers = [float(row[cell]) if row[cell] else None for cell in ("stance_mean", "stance_low", "stance_high")]
        key = (row["table"], row["id"], row["other"])
        assert key not in found
        found[key] = (int(float(row["n"])), numbers)
    return found


def script(*command: str | Path) -> Rows:
    """The rows of a script; it gets a locale whose characters are UTF-8, as users' are."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=TIMEOUT_S, env=environment)
    assert done.returncode == 0, done.stderr
    return rows_of(done.stdout)


def by_pandas(folder: Path) -> Rows:
    """From CSV."""
    need("pandas")
    need("scipy.stats")
    return script(sys.executable, MEANS / "means_pandas.py", folder)


def by_polars(folder: Path) -> Rows:
    """From Parquet."""
    need("polars")
    need("scipy.stats")
    return script(sys.executable, MEANS / "means_polars.py", folder)


def by_duckdb(extension: str) -> Callable[[Path], Rows]:
    """From any format: the script says how."""

    def run(folder: Path) -> Rows:
        duckdb = need("duckdb")
        query = (MEANS / "means.sql").read_text(encoding="utf-8").replace(".parquet'", f".{extension}'")
        with duckdb.connect() as connection:
            connection.execute(f"set file_search_path = '{folder}'")
            cells = connection.execute(query).fetchall()
        return {(table, one, other): (n, list(numbers)) for table, one, other, n, *numbers in cells}

    return run


def by_r(folder: Path) -> Rows:
    """From CSV."""
    if shutil.which("Rscript") is None:
        missing("Rscript: no such program; apt-get install r-base-core")
    return script("Rscript", "--vanilla", MEANS / "means.R", folder)


READERS: dict[str, Callable[[Path], Rows]] = {
    "pandas": by_pandas,
    "polars": by_polars,
    "duckdb-parquet": by_duckdb("parquet"),
    "duckdb-csv": by_duckdb("csv"),
    "duckdb-jsonl": by_duckdb("jsonl"),
    "r": by_r,
}


def printed(folder: Path) -> Rows:
    """The program's own rows that have a scored sentence."""
    found: Rows = {}
    keys = {"actors": ("actor_id", "role_group", "n"), "articles": ("article_id", "", "n_scored")}
    for table, (one, other, n) in {**keys, "dyads": ("source_id", "target_id", "n")}.items():
        with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                means = [
                    float(row[f"stance_{end}"]) if row[f"stance_{end}"] else None for end in ("mean", "low", "high")
                ]
                if row[n] != "0":
                    found[table, row[one], row.get(other, "")] = (int(row[n]), means)
    return found


def assert_same(got: Rows, want: Rows) -> None:
    """Row by row, to the last decimal printed."""
    assert got.keys() == want.keys()
    for key, (n, numbers) in want.items():
        assert got[key][0] == n, key
        for one, other in zip(got[key][1], numbers, strict=True):
            assert (one is None) == (other is None), key
            assert one is None or one == pytest.approx(other, abs=ROUNDING), key


def run(score: Score, folder: Path, *options: str) -> Path:
    """A run over the records."""
    source, actors, out = folder / "in.jsonl", folder / "mine.toml", folder / "out"
    source.write_text("\n".join(map(json.dumps, RECORDS)), encoding="utf-8")
    actors.write_text(LIST, encoding="utf-8")
    done = score(source, out, "--actors", actors, "--format", "csv,parquet,jsonl", *options)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="session")
def plain(score: Score, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The records in three formats."""
    return run(score, tmp_path_factory.mktemp("means"))


@pytest.fixture(scope="session")
def excel(score: Score, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same for spreadsheets."""
    return run(score, tmp_path_factory.mktemp("excel"), "--bom", "--excel-safe")


@pytest.mark.parametrize("reader", READERS)
def test_a_script_gives_the_programs_means(plain: Path, reader: str) -> None:
    """In actors.csv, articles.csv and dyads.csv; ids that other programs take for numbers or missing are texts."""
    want = printed(plain)
    assert ("articles", "007", "") in want and ("actors", "nan", "any") in want
    assert_same(READERS[reader](plain), want)


def test_the_quantile_of_the_sql_script_is_students() -> None:
    """To 1e-7, in its table and beyond."""
    duckdb, stats = need("duckdb"), need("scipy.stats")
    macro = (MEANS / "means.sql").read_text(encoding="utf-8").partition(";")[0]
    with duckdb.connect() as connection:
        connection.execute(macro)
        got = connection.execute("select df, t975(df) from range(1, 2000) as r(df)").fetchall()
    assert max(abs(quantile - stats.t.ppf(0.975, df)) for df, quantile in got) < 1e-7


@pytest.mark.parametrize("reader", READERS)
def test_a_script_gives_what_the_readme_works_out(tmp_path: Path, reader: str) -> None:
    """A pair with an interval over articles, one without, and an article whose sentences are the clusters."""
    pandas = need("pandas")
    units = pandas.DataFrame(WORKED, columns=["article_id", "sentence_id", "stance_score", "id", "role", "to"])
    scores = units[["article_id", "sentence_id", "stance_score"]].assign(status="ok")
    does = units.rename(columns={"id": "actor_id"})[["article_id", "sentence_id", "actor_id", "role"]]
    target = does.assign(actor_id=units["to"], role="target")
    for name, table in {"sentences": scores, "mentions": pandas.concat([does, target])}.items():
        table.to_csv(tmp_path / f"{name}.csv", index=False)
        typed = pandas.read_csv(tmp_path / f"{name}.csv")
        typed.to_parquet(tmp_path / f"{name}.parquet")
        typed.to_json(tmp_path / f"{name}.jsonl", orient="records", lines=True)
    got = READERS[reader](tmp_path)
    want = {
        ("dyads", "arunika", "benara"): (4, [0.6, 0.227379, 0.972621]),
        ("dyads", "benara", "arunika"): (1, [-0.7, None, None]),
        ("actors", "arunika", "agent"): (4, [0.6, 0.227379, 0.972621]),
        # Scores 0.8, 0.6, -0.7: a standard deviation of 0.814453, t = 4.302653
        ("articles", "a", ""): (3, [0.233333, -1.789880, 2.256546]),
    }
    assert got["actors", "arunika", "any"][0] == 5
    assert_same({key: got[key] for key in want}, want)


@pytest.mark.parametrize("reader", ["pandas", "r", "duckdb-csv"])
def test_byte_order_marks_and_defused_cells_change_no_mean(plain: Path, excel: Path, reader: str) -> None:
    """The mark is in no column's name, and defused ids are the same ids in all tables."""
    assert (excel / "sentences.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    want = {(table, *map(defused, ids)): row for (table, *ids), row in printed(plain).items()}
    assert ("articles", "'=2+3", "") in want
    assert_same(READERS[reader](excel), want)


def defused(cell: str) -> str:
    """With an apostrophe where a spreadsheet would run it."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def test_excel_safe_defuses_texts_and_leaves_numbers(plain: Path, excel: Path) -> None:
    """Cell by cell; in the other formats it changes nothing."""
    numbers, changed = 0, 0
    for path in sorted(plain.glob("*.csv")):
        with (
            path.open(encoding="utf-8", newline="") as one,
            (excel / path.name).open(encoding="utf-8-sig", newline="") as other,
        ):
            for before, after in zip(csv.DictReader(one), csv.DictReader(other), strict=True):
                for column, cell in before.items():
                    number = column.endswith(("_score", "_mean", "_low", "_high"))
                    assert after[column] == (cell if number else defused(cell)), (path.name, column)
                    numbers += number and cell.startswith("-")
                    changed += after[column] != cell
    assert numbers and changed
    for path in [*plain.glob("*.parquet"), *plain.glob("*.jsonl")]:
        assert (excel / path.name).read_bytes() == path.read_bytes(), path.name


def test_polars_writes_each_parquet_table_as_the_csv_file(plain: Path) -> None:
    """Types, missing values and six decimals agree."""
    polars = need("polars")
    for path in sorted(plain.glob("*.parquet")):
        text = polars.read_parquet(path).write_csv(float_precision=6)
        assert list(csv.reader(io.StringIO(text))) == cells(path.with_suffix(".csv")), path.name


def test_every_line_of_json_has_the_cells_of_the_csv_row(plain: Path) -> None:
    """Numbers as they are printed, and null for an empty cell."""
    for path in sorted(path for path in plain.glob("*.jsonl") if path.with_suffix(".csv").exists()):
        lines = path.read_text(encoding="utf-8").split("\n")[:-1]
        rows = [list(json.loads(line, parse_float=str, parse_int=str).values()) for line in lines]
        shown = [["" if cell is None else cell for cell in row] for row in rows]
        assert shown == cells(path.with_suffix(".csv"))[1:], path.name


def cells(path: Path) -> list[list[str]]:
    """A CSV file as it stands."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("folder", ["plain", "excel"])
def test_data_package_is_valid_in_every_format(request: pytest.FixtureRequest, folder: str) -> None:
    """Frictionless reads CSV, Parquet and JSON Lines by what the package says of them."""
    frictionless = need("frictionless")
    need("pyarrow")
    scores = request.getfixturevalue(folder)
    package = frictionless.Package(str(scores / "datapackage.json"))
    outcome = package.validate()
    assert outcome.valid, outcome.flatten(["type", "title", "rowNumber", "fieldName", "message"])[:10]
    listed = {resource.path for resource in package.resources}
    tables = {path.name for end in ("csv", "parquet", "jsonl") for path in scores.glob(f"*.{end}")}
    hollow = {path.name for path in scores.glob("*.jsonl") if path.stat().st_size == 0}
    assert listed == tables - hollow - {"rejects.jsonl", "articles_text.jsonl"}
    counts = {resource.path: len(resource.read_rows()) for resource in package.resources}
    for name, count in counts.items():
        assert count == len(read_table(scores / f"{Path(name).stem}.csv")), name
