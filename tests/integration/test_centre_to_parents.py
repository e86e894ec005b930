"""What the staff of a centre do, as parents see it: the photo on the card, a lost place with others to choose."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from bot.app import build_assistant
from bot.assistant import Answer, Utterance
from bot.core.families import service as families
from bot.core.language import Language
from bot.core.staff.model import Actor, Role
from bot.delivery.store import OutboxRow
from bot.house import House
from bot.pictures import draw, media_type
from bot.pictures.photo import NotAPhoto, folder_of, keep_photo, photo_file
from scheduler.care import service as care
from scheduler.care.centre_side import profile
from scheduler.care.centre_side.changing import Closure, make, preview
from scheduler.care.centre_side.lines import withdraw
from scheduler.care.model.centre import CareKind
from scheduler.care.model.search import Request
from tests.care.town import at
from tests.conftest import NOW

YAN = Actor("y", "Yan", frozenset({Role.CENTRE_STAFF}), frozenset({"2"}))


def a_photo(kind: str = "PNG", size: tuple[int, int] = (40, 30), colour: str = "green") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


@pytest.fixture
def house(house_on: Any, database_url: str, tmp_path: Path) -> House:
    made: House = house_on(database_url)
    settings = made.settings.model_copy(update={"data_dir": tmp_path})
    return replace(made, settings=settings)


def press(house: House, button: str) -> Answer:
    assistant, utterance = build_assistant(house), Utterance("press", button)
    understood = assistant.understand(utterance, now=NOW)
    with house.database.begin() as session:
        return assistant.hear(session, utterance, understood, channel="test", address="photo", now=NOW)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_photo_of_a_centre_is_on_its_card(house: House) -> None:
    assert press(house, "centre:2").messages[0].picture is None
    name = keep_photo(a_photo(), folder_of(house.settings.data_dir))
    with house.database.begin() as session:
        profile.keep_photo(session, YAN, 2, name, NOW)
    picture = press(house, "centre:2").messages[0].picture
    assert picture is not None
    drawn = draw(picture.drawing, picture.facts)
    assert drawn is not None
    assert media_type(drawn) == "image/jpeg"
    (folder_of(house.settings.data_dir) / name).unlink()
    assert press(house, "centre:2").messages[0].picture is None  # the words stand alone


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_photos_of_three_kinds_are_kept_small(tmp_path: Path, kind: str) -> None:
    name = keep_photo(a_photo(kind, (3000, 1500)), tmp_path)
    kept = photo_file(name, tmp_path)
    assert kept is not None
    with Image.open(kept) as opened:
        assert (opened.format, opened.size) == ("JPEG", (1280, 640))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (a_photo("GIF"), "kind"),
        (a_photo()[:40], "kind"),
        (b"<svg/>", "kind"),
        (b"", "kind"),
        (b"x" * (8 * 1024 * 1024 + 1), "large"),
        (a_photo("PNG", (9000, 6000)), "large"),
    ],
    ids=["a gif", "cut off", "markup", "nothing", "too many bytes", "too many pixels"],
)
def test_what_is_no_photo_or_too_large_is_refused(tmp_path: Path, content: bytes, why: str) -> None:
    with pytest.raises(NotAPhoto, match=why):
        keep_photo(content, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["", "../x.jpg", "a.jpg", "0" * 32 + ".png", "0" * 32 + ".jpg"])
def test_only_kept_photos_are_found(tmp_path: Path, name: str) -> None:
    assert photo_file(name, tmp_path) is None


def a_family(house: House, number: int, language: Language) -> tuple[str, Any]:
    with house.database.begin() as session:
        parent = families.parent_at(session, "test", f"f{number}", now=NOW, zone="Asia/Shanghai", language=language)
        families.choose_language(session, parent.id, language)
        families.add_child(session, parent.family_id, birth_date=date(2025, 3, 2), precision="day", now=NOW)
        found = families.parent_by_id(session, parent.id)
    assert found is not None
    return found.family_id, found


def test_families_that_lose_a_place_or_a_wait_are_told_once_in_their_language(house: House) -> None:
    for number, language in enumerate((Language.ZH, Language.EN)):
        family, parent = a_family(house, number, language)
        request = Request(f"r{number}", family, parent.id, parent.children, 2, CareKind.HOURLY, at(20, 9), at(20, 11))
        with house.database.begin() as session:
            held = care.hold(session, request, NOW)
            care.confirm(session, held[0].party_id, family, NOW)
    closed = Closure(date(2026, 11, 20), date(2026, 11, 20), reason="flu in the team")
    with house.database.begin() as session:
        shown = preview(session, YAN, 2, closed, NOW)
    assert shown.families == 2
    with house.database.begin() as session:
        make(session, YAN, 2, closed, NOW, house.care_news(session, NOW), seen=shown.seen)
    with house.database.read() as session:
        told = session.scalars(select(OutboxRow).where(OutboxRow.kind == "booking").order_by(OutboxRow.id)).all()
    words = {row.address: row.payload["html"] for row in told}
    assert "机构有变动" in words["f0"]
    assert "something changed at the centre" in words["f1"]
    assert len(told) == 2
    assert all(len(row.payload["buttons"]) > 1 for row in told)  # other places, one tap away
    assert not any("flu" in html for html in words.values())


def test_who_is_taken_out_of_the_line_is_told(house: House) -> None:
    with house.database.begin() as session:
        rooms = care.centre_facts(session, 2).rooms
        room = next(r for r in rooms if r.name == "托小班")
        care.change_staff(session, room.id, at(20, 9), at(20, 11), 0, NOW, centre_id=2, actor="staff:y")
    family, parent = a_family(house, 7, Language.EN)
    request = Request("w", family, parent.id, parent.children, 2, CareKind.HOURLY, at(20, 9), at(20, 11))
    with house.database.begin() as session:
        waits = care.join_waitlist(session, request, NOW)
        withdraw(session, YAN, 2, waits[0].party_id, NOW, house.care_news(session, NOW))
    with house.database.read() as session:
        (told,) = session.scalars(select(OutboxRow).where(OutboxRow.kind == "booking")).all()
    assert "can no longer be had" in told.payload["html"]
