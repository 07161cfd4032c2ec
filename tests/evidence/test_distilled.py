"""The forms and values that the embedded server uses are those of the recorded replies."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.evidence.distilling import observed
from tests.evidence.judging import Judge
from tests.evidence.shapes import recorded

from typed_openai_spec.files.served_files import read_served
from typed_openai_spec.files.texts import mapping
from typed_openai_spec.index.reader import packaged

FILE = Path(__file__).parents[2] / "spec" / "overrides" / "served" / "observed.yaml"

HEAD = """\
# Made from recorded replies; do not edit. UPDATE_GOLDEN=1 pytest tests/evidence writes it anew.
# Each line has a component, the combinations of keys that servers sent, and typical values.
why: The description does not say which optional keys servers send, and which of them are null.
components:
"""


@pytest.mark.slow(seconds=1)
def test_what_the_server_sends_is_what_was_recorded() -> None:
    shapes = [one for one in recorded() if one.direction in ("reply", "event") and one.owner != "realtime"]
    known = {name for name, one in packaged().components.items() if one.output}
    found = observed(shapes, Judge(packaged().api()))
    lines = [
        f"  {name}: {json.dumps(one, sort_keys=False)}\n" for name, one in found.items() if name in known
    ]
    text = HEAD + "".join(lines)
    if os.environ.get("UPDATE_GOLDEN"):
        FILE.write_text(text, encoding="utf-8")
    assert FILE.read_text(encoding="utf-8") == text
    listed = mapping(read_served(FILE.parent).observed["components"])
    assert packaged().served["components"].keys() >= listed.keys()
