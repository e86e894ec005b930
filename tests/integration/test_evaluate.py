"""sprout evaluate and sprout ask --file, on a few messages written here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ask import FIELDS
from bot.cli import main
from bot.core.language import Language
from bot.dialogue.turn import Understanding
from bot.evaluation import danger, whole
from bot.evaluation.rows import NoRows, RowBroken, known_age, read_rows
from bot.evaluation.shares import wilson
from knowledge.triage.model import Danger, Level
from nlu.interpreter import Intent, Parse

ROWS = [
    {"text": "宝宝8个月能吃蜂蜜吗", "lang": "zh", "intent": "ask_guidance", "topic": "honey-botulism", "also": [],
     "age_months": 8, "level": "none"},
    {"text": "he is blue and not breathing", "lang": "en", "intent": "emergency", "level": "emergency_now"},
    {"text": "明天下午三点托两个小时", "lang": "zh", "intent": "book_care", "level": "none",
     "reference_time": "2026-11-18T10:00:00+08:00", "expected_start": "2026-11-19T15:00:00+08:00",
     "expected_end": "2026-11-19T17:00:00+08:00"},
    {"text": "tell me a joke about penguins", "lang": "en", "intent": "out_of_scope", "level": "none"},
]  # fmt: skip


@pytest.fixture
def own_house(settings, shared_house, monkeypatch):
    """The commands, on the folder of the tests. The shared house has filled it already."""
    monkeypatch.setenv("SPROUT_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("SPROUT_CACHE_DIR", str(settings.cache))
    monkeypatch.setenv("SPROUT_RASA", "false")
    monkeypatch.delenv("SPROUT_EVALUATION_DATA", raising=False)


def write_rows(folder: Path, rows: list[dict[str, object]]) -> Path:
    folder.mkdir(exist_ok=True)
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "messages.jsonl").write_text(lines, encoding="utf-8")
    return folder


def last_object(text: str) -> dict[str, object]:
    found = json.loads(text.strip().splitlines()[-1])
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("part", ["intents", "danger", "times", "whole"])
def test_each_part_ends_with_one_json_object(part, own_house, tmp_path, capsys):
    assert main(["evaluate", part, "--data", str(write_rows(tmp_path / "rows", ROWS)), "--json"]) == 0
    result = last_object(capsys.readouterr().out)
    assert result["rows"] == len(ROWS)
    assert set(result) == {"rows", part}


def test_the_whole_is_judged_as_the_public_json_tells_it(own_house, tmp_path, capsys):
    folder, out = write_rows(tmp_path / "rows", ROWS), tmp_path / "out"
    assert main(["evaluate", "whole", "--data", str(folder), "--out", str(out), "--json"]) == 0
    found = last_object(capsys.readouterr().out)["whole"]
    assert found["danger"]["all"]["emergency_now"]["escalated"]["hits"] == 1
    assert found["times"]["start"]["hits"] == found["times"]["end"]["hits"] == 1
    assert found["ages"]["hits"] == 1
    assert found["retrieval"]["by_language"]["all"]["top1"]["hits"] == 1
    assert found["retrieval"]["out_of_scope_card"] == {**found["retrieval"]["out_of_scope_card"], "n": 1, "hits": 0}
    answers = [json.loads(line) for line in (out / "answers.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [a["id"] for a in answers] == [f"messages:{n}" for n in range(1, len(ROWS) + 1)]
    assert (out / "report.txt").read_text(encoding="utf-8")
    assert json.loads((out / "evaluation.json").read_text(encoding="utf-8"))["rows"] == len(ROWS)


def test_data_that_is_missing_or_broken_is_named(own_house, tmp_path, capsys):
    assert main(["evaluate", "whole"]) == 2
    assert main(["evaluate", "intents", "--data", str(tmp_path / "nowhere")]) == 2
    folder = write_rows(tmp_path / "rows", ROWS)
    (folder / "more.jsonl").write_text('{"text": "hi", "lang": "en"}\n{"text": "hi", "lang": "fr"}\n', encoding="utf-8")
    assert main(["evaluate", "intents", "--data", str(folder)]) == 2
    assert "more.jsonl:2: 'lang' is zh, en or mix" in capsys.readouterr().err


def test_rows_are_read_from_every_file_and_named(tmp_path):
    folder = write_rows(tmp_path / "rows", ROWS)
    (folder / "another.jsonl").write_text('\n{"id": "own", "text": "hi", "lang": "en"}\n', encoding="utf-8")
    assert [row["id"] for row in read_rows(folder)] == ["own", *(f"messages:{n}" for n in range(1, 5))]
    with pytest.raises(NoRows):
        read_rows(tmp_path)
    (folder / "another.jsonl").write_text("[1]\n", encoding="utf-8")
    with pytest.raises(RowBroken):
        read_rows(folder)


def test_only_a_bare_question_brings_the_age_of_the_profile():
    assert known_age({"text": "", "age_months": 4}) == 4
    assert known_age({"text": "", "age_months": 4, "intent": "ask_guidance"}) is None


def test_wilson_gives_the_interval_of_the_textbook():
    assert wilson(27, 29) == pytest.approx((0.7804, 0.9809), abs=1e-4)
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)
    with pytest.raises(ValueError, match="between"):
        wilson(3, 2)


@given(st.integers(1, 2000), st.data())
def test_an_interval_holds_its_share_and_stays_within_0_and_1(count, data):
    hits = data.draw(st.integers(0, count))
    low, high = wilson(hits, count)
    assert 0 <= low <= hits / count + 1e-12
    assert hits / count - 1e-12 <= high <= 1
    more_low, more_high = wilson(hits * 10, count * 10)
    assert more_high - more_low < high - low


def test_asking_counts_as_caught_and_not_as_escalated():
    rows = [{"id": str(n), "lang": "en", "level": "emergency_now", "signs": ["x"]} for n in range(3)]
    scored = danger.score(zip(rows, [("emergency_now", ()), ("check", ()), ("soon", ())], strict=True))
    now = scored["all"]["emergency_now"]
    assert (now["escalated"]["hits"], now["asked"]["hits"], now["caught"]["hits"]) == (1, 1, 2)
    assert scored["missed"] == ["2"]
    assert scored["by_sign"]["x"]["caught"]["hits"] == 2


def test_labels_that_are_not_sure_are_counted_apart():
    rows = [{"id": "a", "lang": "zh", "level": "none"}, {"id": "b", "lang": "zh", "level": "none", "sure": False}]
    scored = danger.score(zip(rows, [("none", ()), ("urgent_today", ())], strict=True))
    assert scored["sure_labels"]["none"]["escalated"]["hits"] == 0
    assert scored["unsure_labels"]["none"]["escalated"]["hits"] == 1
    assert scored["alarmed"] == ["b"]


def test_a_time_of_day_is_not_read_right_by_its_day_alone():
    row = {"text": "", "lang": "zh", "reference_time": "x", "expected_start": "2026-11-19T15:00:00+08:00"}
    answer = {"route": "booking", "intent": "book_care", "danger": None, "article": None, "candidates": [], "ms": 1.0}
    for start, right in (("2026-11-19", 0), ("2026-11-19T15:00+08:00", 1), ("2026-11-19T07:00+00:00", 1)):
        scored = whole.score([(row, {**answer, "entities": {"start": start}})])
        assert scored["times"]["start"]["hits"] == right


def understood(intent: Intent, level: Level | None) -> Intent:
    found = Danger(level, ("seizure-now",)) if level else None
    return Understanding("x", Parse("x", Language.EN, intent, 0.9), found).intent


def test_the_danger_check_decides_what_is_an_emergency():
    assert understood(Intent.ASK_GUIDANCE, Level.EMERGENCY_NOW) is Intent.EMERGENCY
    assert understood(Intent.FALLBACK, Level.EMERGENCY_NOW) is Intent.EMERGENCY
    assert understood(Intent.BOOK_CARE, Level.EMERGENCY_NOW) is Intent.BOOK_CARE
    assert understood(Intent.EMERGENCY, Level.CHECK) is Intent.EMERGENCY
    assert understood(Intent.EMERGENCY, Level.URGENT_TODAY) is Intent.ASK_GUIDANCE
    assert understood(Intent.EMERGENCY, None) is Intent.ASK_GUIDANCE


def ask_file(tmp_path: Path, lines: list[str], *more: str) -> tuple[int, list[dict[str, object]]]:
    given_lines, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    given_lines.write_text("\n".join(lines) + "\n", encoding="utf-8")
    code = main(["ask", "--file", str(given_lines), "--out", str(out), *more])
    written = out.read_text(encoding="utf-8").splitlines() if out.exists() else []
    return code, [json.loads(line) for line in written]


def test_a_file_of_messages_is_answered_line_by_line_with_stable_keys(own_house, tmp_path):
    code, answers = ask_file(
        tmp_path,
        [
            '{"text": "发烧了怎么办", "age_months": 2, "lang": "en"}',
            "",
            '{"text": "明天下午三点托两个小时", "now": "2026-03-01T08:00:00"}',
            '{"text": "hello"}',
        ],
    )
    assert code == 0
    assert [a["text"] for a in answers] == ["发烧了怎么办", "明天下午三点托两个小时", "hello"]
    assert all(list(a) == list(FIELDS) for a in answers)
    assert answers[0]["lang"] == "en"
    assert answers[0]["danger"] is not None  # a fever under three months, by the age that was told
    assert answers[1]["entities"]["start"] == "2026-03-02T15:00+08:00"
    assert answers[2]["route"] == "small_talk"


def test_each_line_is_a_stranger(own_house, tmp_path):
    lines = ['{"text": "宝宝8个月能吃蜂蜜吗"}', '{"text": "那两岁呢"}']
    _, answers = ask_file(tmp_path, lines)
    assert answers[1]["article"] != answers[0]["article"]


@pytest.mark.parametrize("line", ["{broken", '{"age_months": 3}', "[]", '{"text": "x", "now": "someday"}'])
def test_a_bad_line_is_named_and_nothing_is_answered(line, own_house, tmp_path, capsys):
    code, answers = ask_file(tmp_path, ['{"text": "hello"}', line])
    assert code == 2
    assert answers == []
    assert "in.jsonl:2" in capsys.readouterr().err
