#!/usr/bin/env python3
"""Joins our labels of public sentences with their texts, which are not part of the repository.

    python3 training/label_public.py --data DIR --out DIR/public.jsonl

`training/data/public-labels.jsonl` holds stance, tone and confidence by the hash of a sentence; the sentences come
from the public sets that `--data DIR` holds as JSON lines, plain or zstd: `ner_id` (NERP, NERGrit), `newsmtsc`,
`rusentne` and `un_quadclass_6lang`. A label given to an English UN sentence holds for its translations,
which become one group.
Every label must find its sentence, so that a run with other data fails here and not in silence.
"""

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from rows import find, read

HERE = Path(__file__).parent
SETS = ("ner_id", "newsmtsc", "rusentne", "un_quadclass_6lang")


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the public sets")
    parser.add_argument("--out", type=Path, required=True, help="JSONL file to write")
    args = parser.parse_args()
    labels = {row["key"]: row for row in read(HERE / "data" / "public-labels.jsonl")}
    rows, used = [], set()
    for name in SETS:
        for row in sentences(args.data, name):
            label = labels.get(row.pop("key"))
            if label is None:
                continue
            twice = label["key"] in used and row["source"] != "un_quadclass"
            used.add(label["key"])
            if not twice:
                rows.append(row | {k: label[k] for k in ("stance", "tone", "confidence")})
    missing = labels.keys() - used
    if missing:
        first = min(missing)
        sys.exit(
            f"{len(missing)} labels find no sentence in {args.data}, the first {first}: is a set missing or changed?"
        )
    with args.out.open("w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    print(f"{len(rows)} rows of {len(used)} labelled sentences in {args.out}")


def sentences(folder: Path, name: str) -> Iterator[dict]:
    """Training rows of one public set, each with the key of its label."""
    rows = [row for row in read(find(folder, name)) if row["split"] == "train"]
    if name == "un_quadclass_6lang":
        english = {row["uid"]: key("en", row["text"]) for row in rows if row["lang"] == "en"}
        for row in rows:
            yield {
                "id": f"un-{row['uid']}-{row['lang']}",
                "group": f"un-{row['uid']}",
                "text": row["text"],
                "lang": row["lang"],
                "source": "un_quadclass",
                "split": "train",
                "key": english.get(row["uid"]),
            }
        return
    for row in rows:
        text = join(row["tokens"]) if "tokens" in row else row["text"]
        source = row["source"].removesuffix("2023")
        hashed = key(row["lang"], text)
        yield {
            "id": f"{source}-{hashed}",
            "text": text,
            "lang": row["lang"],
            "source": source,
            "split": "train",
            "key": hashed,
        }


def key(lang: str, text: str) -> str:
    """The hash under which a sentence is labelled: of its words in lower case, so that spacing doesn't matter."""
    words = " ".join(re.findall(r"\w+", text.lower()))
    return hashlib.sha256(f"{lang} {words}".encode()).hexdigest()[:16]


def join(tokens: list[str]) -> str:
    """Tokens as printed: no blank before closing and after opening marks; straight quotes open and close in turn."""
    text = " ".join(tokens)
    text = re.sub(r"\s+([,.;:?!%)\]»”])", r"\1", text)
    text = re.sub(r"([(\[«“])\s+", r"\1", text)
    out, is_open = [], False
    for part in re.split(r'(\s*"\s*)', text):
        if part.strip() == '"':
            out.append('" ' if is_open else ' "')
            is_open = not is_open
        else:
            out.append(part)
    text = re.sub(r"\s+", " ", "".join(out)).strip()
    return re.sub(r'"\s+([,.;:?!])', r'"\1', text)


if __name__ == "__main__":
    main()
