"""Print how many requests and pairs the collection holds, by part, kind, language and voice."""

import json
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent


def main() -> None:
    """Print a line for each count."""
    for name, fields in (
        ("entities", ("type", "lang")),
        ("requests", ("part", "kind", "voice", "lang")),
        ("pairs", ("part", "kind", "label", "need_lang")),
        ("parallel_entities", ("type", "lang")),
        ("parallel_requests", ("kind", "voice", "lang")),
    ):
        lines = (HERE / f"{name}.jsonl").read_text("utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        print(f"{name}: {len(rows)}")
        for field in fields:
            counts = Counter(str(row[field]) for row in rows)
            print(f"  {field:10}" + ", ".join(f"{key} {n}" for key, n in counts.most_common()))


if __name__ == "__main__":
    main()
