"""Centres from a register's file, CSV or JSON lines, through a map that says which column is what.

A map is YAML (maps/*.yaml are ready): `source`, `zone`, `key` (the first filled column, or list of columns, names a row
for ever), `fields` (of model.Centre), `hours`, `flags` and `ages`. A row with a mistake is reported and left out; the
others are kept. The same file twice changes nothing.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from sqlalchemy.orm import Session

from scheduler.care.model.times import DAYS, read_span, say_span
from scheduler.care.service.keeping import keep_centre

MAPS = Path(__file__).parent / "maps"
YES = frozenset({"true", "yes", "y", "1", "是"})
WHEN = {"weekday": DAYS[:5], "saturday": ("sat",), "sunday": ("sun",), **{day: (day,) for day in DAYS}}
LONGEST = {"name": 200, "address": 300, "phone": 60, "registration": 80}
Row = Mapping[str, Any]


class MapBroken(Exception):
    """The map does not say what it must; the message says what."""


class RowBroken(Exception):
    """One row cannot be kept; the message says why, without the row's text."""


@dataclass(frozen=True, slots=True)
class ColumnMap:
    source: str
    zone: str
    key: tuple[tuple[str, ...], ...]
    fields: Mapping[str, Mapping[str, Any]]
    hours: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    ages: tuple[Mapping[str, Any], ...] = ()
    empty: frozenset[str] = frozenset()
    box: tuple[float, float, float, float] | None = None


@dataclass(slots=True)
class Report:
    """How many rows were added, changed, the same; and (line number, mistake) for the others."""

    added: int = 0
    changed: int = 0
    same: int = 0
    errors: list[tuple[int, str]] = field(default_factory=list)

    @property
    def kept(self) -> int:
        return self.added + self.changed + self.same


def read_map(name: str) -> ColumnMap:
    """A ready map by name, or a YAML file by path; MapBroken."""
    path = MAPS / f"{name}.yaml" if (MAPS / f"{name}.yaml").exists() else Path(name)
    if not path.exists():
        ready = ", ".join(sorted(p.stem for p in MAPS.glob("*.yaml")))
        raise MapBroken(f"no map '{name}': give a YAML file or one of {ready}")
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        ZoneInfo(raw["zone"])
        known = ColumnMap(
            source=str(raw["source"]),
            zone=raw["zone"],
            key=tuple(tuple([k] if isinstance(k, str) else k) for k in raw["key"]),
            fields={n: {"from": f} if isinstance(f, str) else f for n, f in raw["fields"].items()},
            hours=raw.get("hours", {}),
            flags={n: tuple(f) for n, f in raw.get("flags", {}).items()},
            ages=tuple(raw.get("ages", ())),
            empty=frozenset(str(e).lower() for e in raw.get("empty", ())),
            box=tuple(raw["box"]) if raw.get("box") else None,
        )
    except (KeyError, TypeError, AttributeError, ZoneInfoNotFoundError, yaml.YAMLError) as error:
        raise MapBroken(f"{path.name}: {type(error).__name__} {error}") from error
    if missing := {"name", "address"} - set(known.fields):
        raise MapBroken(f"{path.name}: fields without {', '.join(sorted(missing))}")
    if unknown := set(known.hours) - set(WHEN):
        raise MapBroken(f"{path.name}: hours of {', '.join(sorted(unknown))}")
    return known


def import_centres(session: Session, path: Path, columns: ColumnMap) -> Report:
    """Keep every good row of the file; OSError and UnicodeDecodeError when it cannot be read."""
    report = Report()
    seen: dict[str, int] = {}
    for line, row in read_rows(path):
        try:
            if isinstance(row, str):
                raise RowBroken(row)
            key = _key(row, columns)
            if key in seen:
                raise RowBroken(f"the same key as line {seen[key]}")
            fields = centre_fields(row, columns)
        except RowBroken as broken:
            report.errors.append((line, str(broken)))
            continue
        seen[key] = line
        done = keep_centre(session, columns.source, key, fields)[1]
        setattr(report, done, getattr(report, done) + 1)
    return report


def read_rows(path: Path) -> Iterator[tuple[int, Row | str]]:
    """(line number, row) of a .csv or .jsonl file; a text instead of a row says what is wrong with the line."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        if path.suffix.lower() == ".csv":
            reader = csv.DictReader(lines)
            for row in reader:
                extra = None in row or any(v is None for v in row.values())
                yield reader.line_num, "not as many columns as the heading" if extra else row
            return
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError:
                yield number, "not JSON"
                continue
            yield number, row if isinstance(row, dict) else "not a JSON object"


def centre_fields(row: Row, columns: ColumnMap) -> dict[str, Any]:
    """The fields of keep_centre from one row; RowBroken."""
    found: dict[str, Any] = {"zone": columns.zone}
    for name, rule in columns.fields.items():
        value = _value(name, row, rule, columns)
        if value is not None:
            found[name] = value
    for name in ("name", "address"):
        if not found.get(name):
            raise RowBroken(f"no {name}")
    for name, longest in LONGEST.items():
        if len(found.get(name, "")) > longest:
            raise RowBroken(f"{name} is longer than {longest} characters")
    _check_place(found, columns)
    for name, flags in columns.flags.items():
        found[name] = [*found.get(name, []), *(f["say"] for f in flags if _holds(row, f, columns))]
    hours = _hours(row, columns)
    if hours:
        found["hours"] = hours
    ages = [a["months"] for a in columns.ages if _holds(row, a, columns)]
    if ages:
        found["from_months"], found["to_months"] = min(a[0] for a in ages), max(a[1] for a in ages)
    return found


def _key(row: Row, columns: ColumnMap) -> str:
    for names in columns.key:
        parts = [_text(_pick(row, name), columns) for name in names]
        if all(parts):
            return "|".join(p for p in parts if p)[:200]
    raise RowBroken(f"no key: {' or '.join('+'.join(names) for names in columns.key)} is empty")


def _pick(row: Row, name: str) -> Any:
    """A column, or a value inside an object column: `vacancy.infant`."""
    value: Any = row
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _text(value: Any, columns: ColumnMap) -> str | None:
    text = "" if value is None else str(value).strip()
    return None if not text or text.lower() in columns.empty else text


def _value(name: str, row: Row, rule: Mapping[str, Any], columns: ColumnMap) -> Any:
    raw = _pick(row, rule["from"]) if "from" in rule else None
    kind = rule.get("as", "list" if "also" in rule else "text")
    if kind == "list":
        given = raw if isinstance(raw, list) else (_text(raw, columns) or "").split(rule.get("split", ","))
        values = [rule.get("values", {}).get(str(v).strip(), str(v).strip()) for v in given]
        return list(dict.fromkeys([*(v for v in values if v), *rule.get("also", ())]))
    text = _text(raw, columns)
    if text is None:
        return None
    if kind == "text":
        return rule.get("prefix", "") + str(rule.get("values", {}).get(text, text))
    try:
        return int(text) if kind == "whole" else float(text)
    except ValueError:
        raise RowBroken(f"{name} is not a number") from None


def _check_place(found: dict[str, Any], columns: ColumnMap) -> None:
    lat, lon = found.get("lat"), found.get("lon")
    if (lat is None) != (lon is None):
        raise RowBroken("half a place: lat and lon belong together")
    if lat is None or lon is None:
        return
    south, west, north, east = columns.box or (-90.0, -180.0, 90.0, 180.0)
    if not (south <= lat <= north and west <= lon <= east):
        raise RowBroken("the place lies outside the area of the map")


def _holds(row: Row, rule: Mapping[str, Any], columns: ColumnMap) -> bool:
    value = _pick(row, rule["when"])
    if "has" in rule:
        return rule["has"] in (value if isinstance(value, list) else str(value or "").replace(";", ",").split(","))
    if "is" in rule:
        expected = rule["is"]
        if isinstance(expected, bool):
            return (str(value).strip().lower() in YES) is expected
        return _text(value, columns) == str(expected)
    return _text(value, columns) is not None


def _hours(row: Row, columns: ColumnMap) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for when, column in columns.hours.items():
        text = _text(_pick(row, column), columns)
        if text is None:
            continue
        try:
            spans = [say_span(read_span(part)) for part in text.replace(";", ",").split(",")]
        except ValueError:
            raise RowBroken(f"{column} is not like 08:00-18:00") from None
        found.update(dict.fromkeys(WHEN[when], spans))
    return found
