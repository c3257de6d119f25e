"""Topics an idea can have; the list is part of a town's seed files."""

import tomllib
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).parent.parent / "seeds" / "leipzig" / "topics.toml"


@lru_cache(maxsize=1)
def topic_names() -> dict[str, str]:
    """Return code → name in the order of the file; without a file there are no topics."""
    if not FILE.is_file():
        return {}
    listed = tomllib.loads(FILE.read_text("utf-8")).get("topics", [])
    return {topic["code"]: topic["name"] for topic in listed}
