"""Registers of centres: real shapes with invented centres, mistakes row by row, twice the same file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.cli import main
from scheduler.care import service as care
from scheduler.care.importing import MapBroken, import_centres, read_map
from scheduler.care.model.search import Filters, Point
from scheduler.care.store import CentreRow
from tests.conftest import NOW

SINGAPORE: dict[str, Any] = {
    "code": "XX0001", "name": "LITTLE OTTERS", "operator": "Private Operators", "service_model": "CC",
    "phone": "60000001", "website": None, "address": "1,OTTER ROAD,000001", "postal_code": "000001",
    "lat": 1.33, "lon": 103.87, "vacancy": {"infant": "Immediate", "pg": None, "n1": None}, "food": "Others",
    "second_languages": "Chinese|Tamil", "spark_certified": True, "weekday_hours": "07:00-19:00",
    "saturday_hours": "07:00-14:00", "transport": True, "scheme": None,
}  # fmt: skip
TORONTO: dict[str, Any] = {
    "id": 90001, "name": "Maple Otters", "address": "1 OTTER ST, Toronto, ON", "type": "Licensed Center",
    "capacity": 56, "age_groups": ["Toddler", "Preschool"], "lat": 43.68, "lon": -79.43, "phone": None,
}  # fmt: skip


def lines(path: Path, *rows: dict[str, Any] | str) -> Path:
    path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows), encoding="utf-8")
    return path


def test_singapores_columns_become_a_centre(session: Session, tmp_path: Path) -> None:
    report = import_centres(session, lines(tmp_path / "s.jsonl", SINGAPORE), read_map("singapore"))
    assert (report.added, report.errors) == (1, [])
    near = care.nearest_centres(session, Point(1.33, 103.87), NOW, Filters(registered=True, age_months=10))
    centre = near[0].centre
    assert (centre.registration, centre.zone, centre.phone) == ("XX0001", "Asia/Singapore", "60000001")
    assert centre.languages == ("zh", "ta", "en")
    assert centre.facilities == ("transport",)
    assert centre.qualifications == ("SPARK",)
    assert (centre.from_months, centre.to_months) == (2, 18)
    assert centre.hours[0] == ((420, 1140),)
    assert centre.hours[5] == ((420, 840),)
    assert 6 not in centre.hours
    assert not centre.bookable


def test_torontos_columns_become_a_centre(session: Session, tmp_path: Path) -> None:
    import_centres(session, lines(tmp_path / "t.jsonl", TORONTO), read_map("toronto"))
    centre = care.nearest_centres(session, Point(43.68, -79.43), NOW, Filters(age_months=20))[0].centre
    assert (centre.registration, centre.from_months, centre.to_months) == ("Toronto 90001", 18, 72)


def test_the_same_file_twice_changes_nothing_and_a_new_one_updates(session: Session, tmp_path: Path) -> None:
    columns = read_map("toronto")
    path = lines(tmp_path / "t.jsonl", TORONTO, {**TORONTO, "id": 2, "name": "Other"})
    assert import_centres(session, path, columns).added == 2
    assert import_centres(session, path, columns).same == 2
    report = import_centres(session, lines(path, {**TORONTO, "phone": "(416) 555-0100"}, TORONTO | {"id": 3}), columns)
    assert (report.added, report.changed, report.same) == (1, 1, 0)
    assert len(session.scalars(select(CentreRow).where(CentreRow.source == "toronto-licensed")).all()) == 3


def test_bad_rows_are_named_by_line_and_the_good_ones_kept(session: Session, tmp_path: Path) -> None:
    path = lines(
        tmp_path / "s.jsonl",
        SINGAPORE,
        "{not json",
        {**SINGAPORE, "code": "2", "name": " "},
        {**SINGAPORE, "code": "3", "lat": 103.87, "lon": 1.33},
        {**SINGAPORE, "code": "4", "lon": None},
        {**SINGAPORE, "code": "5", "weekday_hours": "all day"},
        SINGAPORE,
        {**SINGAPORE, "code": "na", "name": "NO CODE YET"},
        {**SINGAPORE, "code": "8", "lat": "north"},
        "[1]",
    )
    report = import_centres(session, path, read_map("singapore"))
    assert report.added == 2
    assert report.errors == [
        (2, "not JSON"), (3, "no name"), (4, "the place lies outside the area of the map"),
        (5, "half a place: lat and lon belong together"), (6, "weekday_hours is not like 08:00-18:00"),
        (7, "the same key as line 1"), (9, "lat is not a number"), (10, "not a JSON object"),
    ]  # fmt: skip


def test_a_csv_file_reads_like_json_lines(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "\ufeffid,name,address,capacity,age_groups,lat,lon,phone\n"
        '7,"Otters, North",2 OTTER ST,20,"Infant,Toddler",43.7,-79.4,\n'
        "8,Short row\n",
        encoding="utf-8",
    )
    report = import_centres(session, path, read_map("toronto"))
    assert (report.added, report.errors) == (1, [(3, "not as many columns as the heading")])
    row = session.scalars(select(CentreRow).where(CentreRow.source_key == "7")).one()
    assert (row.name, row.from_months, row.to_months) == ("Otters, North", 0, 30)


def test_a_map_that_does_not_hold_together_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MapBroken, match="singapore, toronto"):
        read_map("nowhere")
    for text in (
        "zone: Mars/Base\nsource: x\nkey: [a]\nfields: {}",
        "zone: UTC\nsource: x\nkey: [a]\nfields: {name: n}",
    ):
        (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
        with pytest.raises(MapBroken):
            read_map(str(tmp_path / "own.yaml"))


def test_the_command_imports_and_a_dry_run_only_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'own.db'}")
    path = lines(tmp_path / "t.jsonl", TORONTO, {**TORONTO, "id": 2, "lat": 3.0})
    command = ["centres", "import", str(path), "--map", "toronto"]
    said = []
    for extra in (["--dry-run"], [], []):
        assert main([*command, *extra]) == 1
        said.append(capsys.readouterr().out.splitlines())
    assert said[0] == [
        "line 2: the place lies outside the area of the map",
        "1 added, 0 changed, 0 the same, 1 left out (dry run: nothing was changed)",
    ]
    assert said[1][1] == "1 added, 0 changed, 0 the same, 1 left out"
    assert said[2][1] == "0 added, 0 changed, 1 the same, 1 left out"
    assert main(["centres", "import", str(tmp_path / "none.csv"), "--map", "toronto"]) == 2
    assert main(["centres", "import", str(path), "--map", "mars"]) == 2
