"""Write the JSON Schemas of the documents from the model, into dlcheck/model/schemas. `--check` only compares.

usage: python scripts/write_schemas.py [--check]
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import sys
import textwrap
from pathlib import Path
from typing import Any

import msgspec

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from dlcheck.judge.profiles import numbers  # noqa: E402
from dlcheck.model import (  # noqa: E402
    assessed,
    bench,
    cohort,
    comparison,
    devices,
    drift,
    frameworks,
    gaps,
    host,
    measured,
    profile,
    python,
    report,
    snapshot,
    tools,
)

FOLDER = ROOT / "dlcheck" / "model" / "schemas"
DOCUMENTS: dict[str, type[msgspec.Struct]] = {
    snapshot.SNAPSHOT_SCHEMA: snapshot.Snapshot,
    report.REPORT_SCHEMA: report.Report,
    profile.PROFILE_SCHEMA: profile.Profile,
    bench.BENCH_SCHEMA: bench.Bench,
    comparison.COMPARISON_SCHEMA: comparison.Comparison,
    drift.DRIFT_SCHEMA: drift.Drift,
    cohort.COHORT_SCHEMA: cohort.Cohort,
}


def main() -> int:
    """Write or compare all of them; the exit status."""
    stale = []
    for name, kind in DOCUMENTS.items():
        file = FOLDER / file_name(name)
        text = json.dumps(schema_of(name, kind), indent=1, ensure_ascii=False) + "\n"
        # Python 3.10 names a tuple's type otherwise than its successors.
        text = re.sub(r"Probed_tuple_[\w.]*", "Probed_requirements", text)
        text = re.sub(r"Probed\[tuple\b[^\"]*\]", "Probed[requirements]", text)
        if file.exists() and file.read_text("utf-8") == text:
            continue
        stale.append(file.relative_to(ROOT))
        if "--check" not in sys.argv:
            FOLDER.mkdir(exist_ok=True)
            file.write_text(text, "utf-8")
    if stale and "--check" in sys.argv:
        print(f"not as the model says: {', '.join(map(str, stale))}; run: python scripts/write_schemas.py")
        return 1
    return 0


def file_name(schema: str) -> str:
    """The file of a schema: "dlcheck.report/1" → "report-1.json"."""
    return schema.removeprefix("dlcheck.").replace("/", "-") + ".json"


def schema_of(name: str, kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON Schema of one document, the model's docstrings as its descriptions."""
    schema = msgspec.json.schema(kind)
    definitions = schema["$defs"]
    for struct in structs():
        definition = definitions.get(struct.__name__)
        for field, words in attribute_docstrings(struct).items() if definition else ():
            definition["properties"].setdefault(field, {}).setdefault("description", words)
    own = definitions[kind.__name__]
    own["properties"]["schema"] = {"const": name}
    if kind is profile.Profile:
        allow_texts(definitions["Hardware"]["properties"])
    if kind is not profile.Profile:  # written by hand, where it may be left out
        own["required"] = ["schema", *own["required"]]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:{name.replace('/', ':')}", **schema}


def allow_texts(properties: dict[str, Any]) -> None:
    """Sizes and a compute capability may be written as people write them."""
    for name, text in (
        *((name, numbers.SIZE) for name in properties if name.endswith("_bytes")),
        ("compute_capability", numbers.CAPABILITY),
    ):
        described = properties[name]
        words = {key: described.pop(key) for key in ("description", "default") if key in described}
        alternatives = described.get("anyOf", [dict(described)])
        properties[name] = {"anyOf": [*alternatives, {"type": "string", "pattern": f"^{text}$"}], **words}


def structs() -> list[type[msgspec.Struct]]:
    """Every struct of the model."""
    modules = (
        gaps,
        host,
        tools,
        devices,
        python,
        frameworks,
        snapshot,
        report,
        profile,
        measured,
        assessed,
        bench,
        comparison,
        drift,
        cohort,
    )
    members = (member for module in modules for _, member in inspect.getmembers(module, inspect.isclass))
    return [member for member in members if issubclass(member, msgspec.Struct) and member is not msgspec.Struct]


def attribute_docstrings(struct: type[msgspec.Struct]) -> dict[str, str]:
    """Field → the string literal that stands beneath it in the source."""
    body = ast.parse(textwrap.dedent(inspect.getsource(struct))).body[0]
    assert isinstance(body, ast.ClassDef)
    found = {}
    for field, words in zip(body.body, body.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(words, ast.Expr)
            and isinstance(words.value, ast.Constant)
        ):
            found[field.target.id] = " ".join(str(words.value.value).split())
    return found


if __name__ == "__main__":
    sys.exit(main())
