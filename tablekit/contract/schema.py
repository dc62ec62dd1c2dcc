"""The contract's JSON Schema, generated from the models and kept beside them for readers without Python.

`python -m tablekit.contract.schema` writes it; `--check` only says whether it is as generated.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tablekit.contract.v1 import VERSION, Contract

SCHEMA_FILE = Path(__file__).parent / f"contract-{VERSION}.schema.json"


def schema_text() -> str:
    """The schema as JSON text (draft 2020-12)."""
    schema = Contract.model_json_schema(by_alias=True, mode="serialization")
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"dynamodb-tables contract {VERSION}",
        **{key: value for key, value in schema.items() if key != "title"},
    }
    return json.dumps(schema, indent=2) + "\n"


def main(arguments: list[str]) -> int:
    """Write or check the schema; 0 where it is as generated, 1 where it has drifted."""
    if arguments == ["--check"]:
        if SCHEMA_FILE.exists() and SCHEMA_FILE.read_text() == schema_text():
            return 0
        print(f"{SCHEMA_FILE.name} is not as generated; run: python -m tablekit.contract.schema", file=sys.stderr)
        return 1
    SCHEMA_FILE.write_text(schema_text())
    print(f"wrote {SCHEMA_FILE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
