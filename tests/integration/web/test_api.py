"""The JSON API: what it takes, what it gives, and what it refuses in clear words."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from bot.ask import FIELDS
from bot.house import House
from tests.integration.web.conftest import Serve, said


async def ask(web: httpx.AsyncClient, **message: Any) -> dict[str, Any]:
    response = await web.post("/api/chat", json=message)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def test_an_answer_has_the_fields_of_sprout_ask_and_the_messages_whole(web: httpx.AsyncClient) -> None:
    answer = await ask(web, text="宝宝8个月能吃蜂蜜吗", message_id="m1")
    assert set(FIELDS) <= answer.keys()
    assert answer["message_id"] == "m1"
    assert answer["entities"]["age_months"] == 8
    (message, *_) = answer["messages"]
    assert answer["reply"][0] == message["plain"]
    assert message["language"] == "zh"
    assert {b["label"] for row in message["buttons"] for b in row} <= set(answer["buttons"])
    assert "markup" not in message


async def test_markup_is_given_to_who_asks_for_it(web: httpx.AsyncClient) -> None:
    response = await web.post("/api/chat?markup=true", json={"text": "你好"})
    assert '<div class="message bot' in response.json()["messages"][0]["markup"]


async def test_danger_is_marked_and_its_button_can_be_dialled(web: httpx.AsyncClient) -> None:
    answer = await ask(web, text="宝宝抽搐了，叫不醒")
    first = answer["messages"][0]
    assert answer["danger"]["level"] == first["alarm"] == "emergency_now"
    assert {"label": "拨打 120", "press": "call:emergency", "call": "120"} in [
        b for row in first["buttons"] for b in row
    ]


async def test_a_channel_may_choose_the_language_and_tell_the_age(web: httpx.AsyncClient) -> None:
    answer = await ask(web, text="能吃蜂蜜吗", language="en", age_months=8)
    assert answer["lang"] == "en"
    assert answer["messages"][0]["language"] == "en"


@pytest.mark.parametrize(("accepts", "language"), [("en-GB,en;q=0.9,zh;q=0.5", "en"), ("zh-CN,en", "zh"), ("fr", "zh")])
async def test_a_stranger_who_presses_a_button_is_answered_as_the_browser_prefers(
    serve: Serve, shared_house: House, accepts: str, language: str
) -> None:
    web = await serve(shared_house, **{"Accept-Language": accepts})
    assert (await ask(web, command="danger"))["lang"] == language


async def test_the_language_chosen_in_the_talk_wins(web: httpx.AsyncClient) -> None:
    await ask(web, press="lang:en:set")
    assert (await ask(web, text="你好"))["lang"] == "en"
    assert '<html lang="en">' in (await web.get("/")).text


async def test_a_typed_command_is_a_command(web: httpx.AsyncClient) -> None:
    assert said(await ask(web, text="/help")) == said(await ask(web, command="help"))


async def test_a_shared_place_is_heard(web: httpx.AsyncClient) -> None:
    answer = await ask(web, location={"latitude": 31.23, "longitude": 121.47})
    assert answer["messages"]


STRANGE = {
    "empty": "",
    "blank": "   ",
    "emoji": "😀😀😀",
    "control characters": "\x00\x01\x02",
    "html": "<script>alert(1)</script>",
    "entities": "&lt;b&gt;",
    "half a character": "\ud83d",
    "combining marks": "e\u0301" * 50,
    "sql": "'; drop table inbox; --",
}


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE.keys())
async def test_any_text_gets_an_answer(web: httpx.AsyncClient, text: str) -> None:
    response = await web.post("/api/chat", content=_json(text), headers={"Content-Type": "application/json"})
    assert response.status_code == 200
    answer = response.json()
    assert said(answer)
    page = (await web.get("/")).text
    assert "<script>alert" not in page


def _json(text: str) -> bytes:
    """JSON as a careless client writes it, half characters included."""
    import json

    return json.dumps({"text": text}).encode()


async def test_ten_thousand_characters_are_answered_and_the_parent_is_told(web: httpx.AsyncClient) -> None:
    answer = await ask(web, text="发烧" * 5000)
    assert "我先看了前面的部分" in said(answer)


async def test_more_than_is_ever_read_is_refused_in_words(web: httpx.AsyncClient) -> None:
    response = await web.post("/api/chat", json={"text": "x" * 20_001})
    assert response.status_code == 413
    assert "20000" in response.json()["error"]["message"]


@pytest.mark.parametrize("announced", [True, False])
async def test_a_huge_body_is_refused_before_it_is_read(web: httpx.AsyncClient, announced: bool) -> None:
    async def drip() -> Any:
        for _ in range(400):
            yield b"x" * 1024

    content: Any = b"x" * 400 * 1024 if announced else drip()
    response = await web.post("/api/chat", content=content, headers={"Content-Type": "application/json"})
    assert response.status_code == 413
    assert response.json()["error"]["code"] == "too_long"


WRONG: list[Any] = [
    {},
    {"text": "a", "press": "b"},
    {"text": 3},
    {"text": None},
    {"text": "a", "sent_by": "me"},
    {"press": "x" * 61},
    {"command": "Start!"},
    {"location": {"latitude": 91, "longitude": 0}},
    {"location": {"latitude": 0}},
    {"text": "a", "language": "fr"},
    {"text": "a", "age_months": -1},
    {"text": "a", "message_id": "with spaces"},
    {"text": "a", "message_id": "x" * 41},
    [],
    "text",
]


@pytest.mark.parametrize("message", WRONG)
async def test_a_message_of_a_wrong_form_is_refused_in_words(web: httpx.AsyncClient, message: Any) -> None:
    response = await web.post("/api/chat", json=message)
    assert response.status_code == 400
    assert response.json()["error"] == {"code": "request", "message": "这条消息的格式不对，没有收下。", "id": None}


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"text": NaN}'], ids=["empty", "half", "not utf-8", "nan"])
async def test_what_is_not_json_is_refused_in_words(web: httpx.AsyncClient, body: bytes) -> None:
    headers = {"Content-Type": "application/json", "Accept-Language": "en"}
    response = await web.post("/api/chat", content=body, headers=headers)
    assert response.status_code == 400
    assert response.json()["error"]["message"].startswith("That message had a form")


async def test_another_channel_keeps_its_session_itself(web: httpx.AsyncClient) -> None:
    session = (await web.post("/api/session")).json()["session"]
    web.cookies.clear()
    headers = {"X-Sprout-Session": session}
    response = await web.post("/api/chat", json={"text": "你好"}, headers=headers)
    assert "set-cookie" not in response.headers
    assert (await web.get("/api/messages", headers=headers)).json()["messages"]
    assert (await web.get("/api/messages")).json() == {"messages": [], "next": 0}


@pytest.mark.parametrize("token", ["", "nonsense", "ImFhYWEi.c2ln"])
async def test_a_session_that_we_did_not_sign_is_refused(web: httpx.AsyncClient, token: str) -> None:
    headers = {"X-Sprout-Session": token}
    for response in (
        await web.post("/api/chat", json={"text": "你好"}, headers=headers),
        await web.get("/api/messages", headers=headers),
    ):
        assert response.status_code == 401
        assert response.json()["error"]["code"] == "session"


async def test_a_cookie_that_we_did_not_sign_is_a_stranger(web: httpx.AsyncClient) -> None:
    web.cookies.set("sprout", "nonsense")
    assert (await web.get("/api/messages")).json()["messages"] == []
    assert (await web.get("/")).status_code == 200


async def test_a_file_can_be_fetched_by_its_own_chat_only(web: httpx.AsyncClient) -> None:
    await ask(web, text="你好")
    answer = await ask(web, press="privacy:export")
    file = next(m["attachment"] for m in answer["messages"] if m["attachment"])
    fetched = await web.get(file["url"])
    assert fetched.status_code == 200
    assert fetched.headers["content-disposition"].startswith("attachment")
    assert "parent" in fetched.json()
    web.cookies.clear()
    assert (await web.get(file["url"])).status_code == 404
    assert (await web.get("/api/attachments/99999999999")).status_code == 404


async def test_the_version_and_the_description_of_the_api_can_be_read(web: httpx.AsyncClient) -> None:
    assert (await web.get("/api/version")).json()["articles"] > 50
    described = (await web.get("/api/openapi.json")).json()
    assert "/api/chat" in described["paths"]
    assert (await web.get("/docs")).status_code == 404
