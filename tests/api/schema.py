"""Holds JSON against Heroku's Platform API schema, as https://api.heroku.com/schema serves it.

The schema is Heroku's and not in this repository: HK_LOCAL_SCHEMA names a copy, or one lies in
`../shared`. Where there is none no response has a fault; CI insists that there is one.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from uuid import UUID

BESIDE = Path(__file__).parents[3] / "shared" / "platform-api-schema.json"
PATH = Path(os.environ.get("HK_LOCAL_SCHEMA", BESIDE))
SCHEMA = json.loads(PATH.read_text()) if PATH.exists() else None

WAIVED = {
    "app.git_url": "the pattern demands a host of Heroku's; nothing serves git here",
    "app.web_url": "the pattern demands herokuapp.com; the app is on localhost",
    "app.create_status": "not in the schema; the Heroku CLI shows it (apps:info --shell)",
    "domain.hostname": "called a URI, which not even Heroku's own are",
    "dyno.gaps": "ours, for process type clock: when no clock was up",
}
"""Where we depart from the schema, and why."""

TYPES = {
    "null": lambda v: v is None,
    "string": lambda v: isinstance(v, str),
    "boolean": lambda v: isinstance(v, bool),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, int | float) and not isinstance(v, bool),
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
}
FORMATS = {
    "uuid": lambda v: str(UUID(v)) == v,
    "date-time": lambda v: re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", v),
    "email": lambda v: re.fullmatch(r"[^@\s]+@[^@\s]+", v),
    "uri": lambda v: re.fullmatch(r"\w+://\S+", v),
}


def faults(value: object, name: str) -> list[str]:
    """Where the value differs from the definition of that name, but for what is waived."""
    if SCHEMA is None:
        return []
    definition = SCHEMA["definitions"][name]
    own = definition["definitions"].get(name.replace("-", "_"), definition)  # of webhooks
    found = _faults(value, own if "properties" in own else definition, name)
    return [fault for fault in found if fault.partition(":")[0] not in WAIVED]


def _faults(value: object, schema: dict, at: str) -> list[str]:
    while "$ref" in schema:
        target = SCHEMA
        for step in schema["$ref"].lstrip("#/").split("/"):
            target = target[step]
        schema = target
    if "anyOf" in schema:
        choices = [_faults(value, choice, at) for choice in schema["anyOf"]]
        return [] if any(not choice for choice in choices) else choices[0]
    if not any(TYPES[kind](value) for kind in schema.get("type", TYPES)):
        return [f"{at}: {value!r} is not of type {schema['type']}"]
    if isinstance(value, str):
        return _text_faults(value, schema, at)
    if isinstance(value, list):
        items = schema.get("items", {})
        return [fault for item in value for fault in _faults(item, items, at + "[]")]
    return _object_faults(value, schema, at) if isinstance(value, dict) else []


def _text_faults(value: str, schema: dict, at: str) -> list[str]:
    found = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: {value!r} is not one of {schema['enum']}")
    if "pattern" in schema and not re.search(schema["pattern"], value):
        found.append(f"{at}: {value!r} does not match {schema['pattern']}")
    if "format" in schema and not FORMATS[schema["format"]](value):
        found.append(f"{at}: {value!r} is no {schema['format']}")
    return found


def _object_faults(value: dict, schema: dict, at: str) -> list[str]:
    known = schema.get("properties", {})
    required = known if schema.get("strictProperties") else schema.get("required", ())
    found = [f"{at}.{name}: is missing" for name in required if name not in value]
    if schema.get("strictProperties") or schema.get("additionalProperties") is False:
        patterns = schema.get("patternProperties", {})
        others = [name for name in value if name not in known]
        odd = [name for name in others if not any(re.search(one, name) for one in patterns)]
        found += [f"{at}.{name}: is unknown" for name in odd]
    for name in set(value) & set(known):
        found += _faults(value[name], known[name], f"{at}.{name}")
    return found
