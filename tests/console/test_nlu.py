"""Unsure messages and trainings, on both databases: kept with consent only, corrected, trained apart, swapped, back."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.assistant import Assistant, Utterance
from bot.core.families import privacy
from bot.core.families import service as families
from bot.core.language import Language
from bot.core.staff.model import Actor, NotPermitted, Role
from bot.house import House
from knowledge import service as knowledge
from nlu import training
from nlu.correcting import job, models, service, trainings
from nlu.correcting.keeper import ModelKeeper
from nlu.correcting.store import TrainingRow, UnsureRow
from nlu.examples import Example, read_examples, training_examples, write_examples
from nlu.interpreter import Intent, Parse
from nlu.nearest import MODEL_FILE, NearestInterpreter
from tests.conftest import NOW
from tests.console.conftest import Come

Somebody = Callable[..., Actor]
DOUBT = Parse(
    "x", Language.ZH, Intent.BOOK_CARE, 0.4, ((Intent.BOOK_CARE, 0.4), (Intent.FIND_CENTRE, 0.35)), source="nearest"
)


class Doubting:
    """An interpreter that is sure of nothing."""

    def parse(self, text: str) -> Parse:
        return replace(DOUBT, text=text)


def unsure(house: House, text: str, who: str = "1") -> str:
    with house.database.begin() as session:
        parent = families.parent_at(session, "test", who, now=NOW, zone="Asia/Shanghai")
        kept = service.keep_unsure(session, parent.id, text, DOUBT, NOW)
        assert kept is not None
        return kept


def texts_kept(house: House) -> list[str]:
    with house.database.read() as session:
        return list(session.scalars(select(UnsureRow.text).order_by(UnsureRow.text)))


def test_an_unsure_message_is_kept_with_consent_only_and_goes_when_it_is_withdrawn(house: House) -> None:
    doubting = replace(house, interpreter=Doubting())
    assistant = Assistant(doubting)
    with house.database.begin() as session:
        knowledge.import_content(session, NOW)
    for who in ("yes", "no"):
        with house.database.begin() as session:
            parent = families.parent_at(session, "test", who, now=NOW, zone="Asia/Shanghai")
            if who == "yes":
                families.give_consent(session, parent.id, NOW)
        utterance = Utterance("text", f"那个{who}的还算不算")
        understood = assistant.understand(utterance, now=NOW)
        with house.database.begin() as session:
            assistant.hear(session, utterance, understood, channel="test", address=who, now=NOW)
    assert texts_kept(house) == ["那个yes的还算不算"]
    with house.database.begin() as session:
        privacy.withdraw(session, families.parent_at(session, "test", "yes", now=NOW, zone="Asia/Shanghai"))
    assert texts_kept(house) == []


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("打我电话13812345678好吗", "打我电话▪▪▪好吗"),
        ("我叫张三 想约一下", "我叫▪▪▪ 想约一下"),
        ("My name is Anna can I book", "My name is▪▪▪ can I book"),
        ("8个月能约吗", "8个月能约吗"),
    ],
)
def test_long_numbers_and_told_names_are_blotted_out(said: str, kept: str) -> None:
    assert service.without_names(said) == kept


def test_sure_and_long_messages_are_not_kept() -> None:
    sure = replace(DOUBT, ranking=((Intent.GREET, 0.9), (Intent.THANKS, 0.05)))
    assert not service.is_unsure(sure)
    assert service.is_unsure(replace(DOUBT, ranking=((Intent.GREET, 0.62), (Intent.THANKS, 0.55))))
    assert not service.is_unsure(replace(DOUBT, ranking=()))


def test_one_click_corrects_and_a_correction_can_be_corrected(house: House, actor: Somebody) -> None:
    author, viewer = actor(Role.AUTHOR), actor(Role.CITY_VIEWER)
    message = unsure(house, "那个还算不算")
    with house.database.begin() as session:
        service.correct(session, author, message, "my_bookings", NOW)
        service.correct(session, author, message, "waitlist", NOW)
        assert [(e.text, e.intent) for e in service.corrected_examples(session)] == [("那个还算不算", "waitlist")]
        with pytest.raises(service.NotAnIntent):
            service.correct(session, author, message, "nlu_fallback", NOW)
        with pytest.raises(service.MessageSettled):
            service.dismiss(session, author, message, NOW)
        with pytest.raises(NotPermitted):
            service.correct(session, viewer, message, "greet", NOW)


def test_there_are_never_two_trainings_and_a_dead_one_is_seen(house: House, actor: Somebody, tmp_path: Path) -> None:
    admin, author = actor(Role.ADMIN), actor(Role.AUTHOR)
    with house.database.begin() as session:
        with pytest.raises(trainings.NothingToLearn):
            trainings.begin(session, admin, tmp_path, NOW)
        with pytest.raises(NotPermitted):
            trainings.begin(session, author, tmp_path, NOW)
    message = unsure(house, "那个还算不算")
    with house.database.begin() as session:
        service.correct(session, author, message, "my_bookings", NOW)
        trainings.begin(session, admin, tmp_path, NOW)
    with pytest.raises(trainings.TrainingBusy), house.database.begin() as session:
        trainings.begin(session, admin, tmp_path, NOW)
    with house.database.begin() as session:
        assert not trainings.follow(session, tmp_path, NOW + timedelta(seconds=10)), "it may be starting"
        assert trainings.follow(session, tmp_path, NOW + timedelta(minutes=5))
        assert [(r.state, r.fault) for r in trainings.newest(session)] == [("failed", "interrupted")]
    with job.only_one(tmp_path / "nlu"), house.database.begin() as session, pytest.raises(trainings.TrainingBusy):
        trainings.begin(session, admin, tmp_path, NOW)


@pytest.fixture
def models_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    folder.mkdir()
    if not MODEL_FILE.is_file():
        pytest.skip("NO MODEL: train one with make setup")
    shutil.copy(MODEL_FILE, folder / "nearest.npz")
    return folder


def test_a_model_is_swapped_in_and_back_while_messages_are_understood(
    house: House, actor: Somebody, tmp_path: Path, models_dir: Path
) -> None:
    admin = actor(Role.ADMIN)
    shutil.copy(MODEL_FILE, models.weights(models_dir, "fresh"))
    nearest = NearestInterpreter(models_dir / "nearest.npz")
    nearest.warm_up()
    keeper = ModelKeeper(nearest, None, models_dir)
    with house.database.begin() as session:
        row = TrainingRow(id="t" * 32, state="trained", started_at=NOW, started_by="x", mark="fresh", own_examples=1)
        session.add(row)
    write_examples(trainings.folder_of(tmp_path, "t" * 32) / "examples.jsonl", [Example("那个", "zh", "greet")])
    stop, odd = threading.Event(), []

    def ask() -> None:
        while not stop.is_set():
            parse = nearest.parse("你好")
            if parse.intent is not Intent.GREET:
                odd.append(parse.intent)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        assert not keeper.look()
        with house.database.begin() as session:
            trainings.put_into_service(session, admin, "t" * 32, tmp_path, NOW, models_dir)
        assert models.in_service(models_dir) == ("fresh", "shipped")
        assert keeper.look()
        assert not keeper.look()
        assert read_examples(tmp_path / "nlu" / "examples.jsonl")[0].text == "那个"
        with house.database.begin() as session:
            assert trainings.roll_back(session, admin, tmp_path, NOW, models_dir) == "shipped"
            assert session.get_one(TrainingRow, "t" * 32).state == "replaced"
        assert keeper.look()
    finally:
        stop.set()
        asking.join()
    assert odd == []
    assert read_examples(tmp_path / "nlu" / "examples.jsonl") == [], "set-up would train the shipped model again"
    with house.database.begin() as session:
        session.add(TrainingRow(id="g" * 32, state="trained", started_at=NOW, started_by="x", mark="gone"))
    with pytest.raises(trainings.NotTrained), house.database.begin() as session:
        trainings.put_into_service(session, admin, "g" * 32, tmp_path, NOW, models_dir)


@pytest.mark.slow
def test_a_training_runs_in_a_process_of_its_own_and_tells_before_and_after(tmp_path: Path) -> None:
    folder, models_dir = tmp_path / "nlu" / "one", tmp_path / "models"
    extra = [
        Example(f"那个{word}的还算不算", "zh", "my_bookings") for word in ("明天", "周三", "上午", "下周", "礼拜五")
    ]
    write_examples(folder / "examples.jsonl", extra)
    started = subprocess.Popen(
        [sys.executable, "-m", "nlu.correcting.job", str(folder), str(models_dir), "--no-rasa"],
        cwd=Path(__file__).parents[2],
    )
    steps, until = set(), time.monotonic() + 240
    while started.poll() is None and time.monotonic() < until:
        steps.add(job.progress(folder).get("step"))
        time.sleep(0.2)
    told = job.progress(folder)
    assert started.wait(5) == 0, told
    assert {"before", "weights"} & steps
    report = told["report"]
    assert report["held_back"] > 300
    assert report["before"] / report["held_back"] > 0.6
    assert report["after"] >= report["before"] - 10
    assert sum(row[1] for row in report["by_intent"]) == report["held_back"]
    assert told["mark"] == training.fingerprint(training_examples(read_examples(folder / "examples.jsonl")))
    assert NearestInterpreter(models.weights(models_dir, told["mark"])).parse("那个周六的还算不算").intent is (
        Intent.MY_BOOKINGS
    )


def test_a_training_that_fails_leaves_the_models_as_they_were(tmp_path: Path, models_dir: Path) -> None:
    folder = tmp_path / "nlu" / "bad"
    folder.mkdir(parents=True)
    (folder / "examples.jsonl").write_text(json.dumps({"text": "x", "language": "zh", "intent": "no_such"}) + "\n")
    before = sorted(path.name for path in models_dir.iterdir())
    assert job.main(folder, models_dir, with_rasa=False) == 1
    assert job.progress(folder)["step"] == "failed"
    assert "no_such" in job.progress(folder)["fault"]
    assert sorted(path.name for path in models_dir.iterdir()) == before


def test_from_the_message_to_the_correction_without_javascript(house: House, come: Come) -> None:
    message = unsure(house, "那个还算不算")
    author = come("fang")
    assert "那个还算不算" in author.get("/console/nlu").text
    assert author.post(f"/console/nlu/messages/{message}", {"intent": "my_bookings"}).url.path == "/console/nlu"
    assert "那个还算不算" in author.get("/console/nlu?state=corrected").text
    assert author.post("/console/nlu/train").status_code == 403
    assert come("min").get("/console/nlu").status_code == 403
