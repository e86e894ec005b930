"""Articles over HTTP: forms in, pages and files out; what is refused says why and changes nothing."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot import article_news
from bot.core.audit import AuditRow
from bot.core.staff.store import StaffRow
from bot.delivery.store import OutboxRow
from bot.house import House
from bot.web.console.articles import form as forms
from bot.web.console.forms import Form
from knowledge import service
from knowledge.content_files import CONTENT, article_folders, read_article, read_sources
from knowledge.content_writing import write_content
from knowledge.model import article_from_json
from knowledge.store import ArticleRow, RevisionRow, SourceRow
from tests.conftest import NOW, StandingClock
from tests.console.conftest import Come, Person

HONEY = "honey-botulism"
AT = f"/console/articles/{HONEY}"


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("few")
    names = {HONEY, "cpr-child", "constipation"}
    articles = [read_article(f) for f in article_folders() if f.name in names]
    write_content([replace(a, related=()) for a in articles], read_sources(CONTENT).values(), root, kept=None)
    return root


@pytest.fixture(autouse=True)
def _shelf(house: House, few: Path) -> None:
    with house.database.begin() as session:
        service.import_content(session, NOW, few)


HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)"(?: id="[^"]*")? value="([^"]*)"')
FIELD = re.compile(r'<(?:input|textarea)[^>]*? name="([^"]+)"')


def values(page: str) -> dict[str, str]:
    """What a browser would send with the editor's form: every field as it stands there."""
    import html

    found = dict(HIDDEN.findall(page))
    for tag in re.findall(r"<input[^>]+>", page):
        name, value = re.search(r' name="([^"]+)"', tag), re.search(r' value="([^"]*)"', tag)
        if name and 'type="checkbox"' not in tag and 'type="hidden"' not in tag:
            found[name[1]] = html.unescape(value[1]) if value else ""
    for name, text in re.findall(r'<textarea[^>]*? name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.S):
        found[name] = html.unescape(text)
    for name, options in re.findall(r'<select[^>]*? name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def sent_back(page: str) -> dict[str, object]:
    boxes: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="checkbox" name="([^"]+)" value="([^"]+)" checked', page):
        boxes.setdefault(name, []).append(value)
    return {**values(page), **boxes}


def draft_by(person: Person) -> dict[str, object]:
    person.get(AT)
    page = person.post(f"{AT}/draft").text
    return sent_back(page)


def body(house: House) -> RevisionRow:
    with house.database.read() as session:
        return session.get_one(RevisionRow, session.get_one(ArticleRow, HONEY).open_revision_id)


def test_saving_the_form_untouched_changes_nothing(come: Come, house: House) -> None:
    fang = come("fang")
    form = draft_by(fang)
    before = body(house)
    assert fang.post(f"{AT}/save", form).status_code == 200
    assert body(house).body == before.body
    assert body(house).writers == []


def test_the_form_of_every_shipped_article_gives_it_back() -> None:
    class Sent(Form):
        def __init__(self, one: dict[str, str], many: dict[str, list[str]]) -> None:
            dict.__init__(self, one)
            self._many = many

        def all(self, name: str) -> list[str]:
            return self._many.get(name, [])

    for folder in article_folders():
        article = read_article(folder)
        one = {k: v for k, v in forms.texts_of(article).items() if "." in k and not k.endswith("by_age")}
        one |= {"domain": article.domain.value, "review_by": article.review_by.isoformat()}
        one |= {"ages.from": f"{article.ages.start:g}", "ages.to": f"{article.ages.end:g}"}
        one["ask_age"] = "yes" if article.ask_age else ""
        for n, row in enumerate(forms.band_rows(article)):
            one |= {f"band.{n}.from": row.start, f"band.{n}.to": row.end}
            one |= {f"zh.by_age.{n}": row.zh, f"en.by_age.{n}": row.en}
        for n, claim in enumerate(forms.claim_rows(article)):
            one |= {f"claim.{n}.text": claim.claim, f"claim.{n}.sources": " ".join(claim.sources)}
            one |= {f"claim.{n}.check": claim.check, f"claim.{n}.where": claim.where}
        many = {"source": list(article.sources), "related": list(article.related)}
        assert forms.read(Sent(one, many), article) == article, article.id


def test_autosave_answers_with_remarks_counts_card_and_the_new_number(come: Come, house: House) -> None:
    fang = come("fang")
    form = draft_by(fang)
    form["zh.title"] = "蜂蜜<b>要满一岁"
    form["zh.short"] = "每公斤体重 5 毫克！" + "字" * 120
    form["zh.phrasings"] = f"{form['zh.phrasings']}\n缺钙表现怎么看\n儿童心肺复苏怎么做"
    answer = fang.post(f"{AT}/autosave", form, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "<!doctype" not in answer.text
    for part in ('id="based-on" value="2"', "最多 100", "不能写药量", "不用感叹号", "count-of over", "cpr-child"):
        assert part in answer.text, part
    assert "蜂蜜&lt;b&gt;要满一岁" in answer.text, "words of a draft are never markup"
    assert "<b>要满一岁" not in answer.text


def test_the_slower_of_two_gets_409_with_both_texts(come: Come, house: House) -> None:
    fang, sun = come("fang"), come("qian", address="192.0.2.2")
    form = draft_by(fang)
    other = sent_back(sun.get(f"{AT}/edit").text)
    assert fang.post(f"{AT}/save", {**form, "zh.title": "王的标题"}).status_code == 200
    late = sun.post(f"{AT}/save", {**other, "zh.title": "孙的标题"})
    assert late.status_code == 409
    assert "王的标题" in late.text
    assert "孙的标题" in late.text
    assert article_from_json(body(house).body).texts["zh"].title == "王的标题"  # type: ignore[index]
    path = re.search(r'action="(/console/articles/[^"]+/merge/[^"]+)"', late.text)
    assert path is not None
    number = re.search(r'name="based_on" value="(\d+)"', late.text)
    assert number is not None
    choices = {"choice.zh.title": "own", "own.zh.title": "王和孙的标题", "based_on": number[1], "then": "merge"}
    assert sun.post(path[1], choices).status_code == 200
    assert article_from_json(body(house).body).texts["zh"].title == "王和孙的标题"  # type: ignore[index]


def test_a_stale_approval_is_a_conflict_and_publishes_nothing(come: Come, house: House) -> None:
    fang, li = come("fang"), come("jing", address="192.0.2.2")
    form = draft_by(fang)
    fang.post(f"{AT}/save", {**form, "zh.title": "新标题", "then": "submit"})
    stale = dict(HIDDEN.findall(li.get(f"{AT}/review").text))["version"]
    fang.get(f"{AT}/review")
    fang.post(f"{AT}/review", {"version": stale, "step": "withdraw"})
    answer = li.post(f"{AT}/review", {"version": stale, "step": "approve"})
    assert answer.status_code == 409
    assert "colleague" in answer.text or "同事" in answer.text
    with house.database.read() as session:
        live = session.get_one(RevisionRow, session.get_one(ArticleRow, HONEY).live_revision_id)
        assert live.number == 1


def test_own_work_is_refused_in_words(come: Come, house: House) -> None:
    sun = come("qian")
    form = draft_by(sun)
    sun.post(f"{AT}/save", {**form, "zh.title": "新标题", "then": "submit"})
    version = dict(HIDDEN.findall(sun.get(f"{AT}/review").text))["version"]
    answer = sun.post(f"{AT}/review", {"version": version, "step": "approve"})
    assert answer.status_code == 400
    assert "另一位同事" in answer.text


def test_everything_goes_out_and_comes_back(come: Come, house: House) -> None:
    fang = come("fang")
    out = fang.get("/console/articles/export/json")
    assert out.headers["content-disposition"] == 'attachment; filename="articles.json"'
    data = json.loads(out.text)
    assert {a["id"] for a in data["articles"]} == {HONEY, "cpr-child", "constipation"}
    packed = fang.get("/console/articles/export/zip").content
    assert f"articles/nutrition/{HONEY}/zh.md" in zipfile.ZipFile(io.BytesIO(packed)).namelist()
    fang.get("/console/articles/exchange")
    same = fang.post("/console/articles/import", files={"file": ("a.json", out.content, "application/json")})
    assert same.status_code == 200
    with house.database.read() as session:
        assert session.scalar(select(func.count(RevisionRow.id))) == 3
    data["articles"][0]["texts"]["zh"]["title"] = "=HYPERLINK(1)"
    changed = fang.post("/console/articles/import", files={"file": ("a.json", json.dumps(data).encode())})
    assert data["articles"][0]["id"] in changed.text
    with house.database.read() as session:
        assert session.scalar(select(func.count(RevisionRow.id)).where(RevisionRow.status == "draft")) == 1
    broken = fang.post("/console/articles/import", files={"file": ("a.zip", b"no zip")})
    assert broken.status_code == 400


def test_a_source_is_added_once_and_with_a_real_address(come: Come, house: House) -> None:
    fang = come("fang")
    fang.get("/console/articles/sources")
    source = {"id": "city-2026", "title": "指南", "publisher": "市卫健委", "year": "2026", "url": "http://a"}
    assert fang.post("/console/articles/sources", source).status_code == 400
    source["url"] = "https://example.org/guide"
    assert "city-2026" in fang.post("/console/articles/sources", source).text
    assert fang.post("/console/articles/sources", source).status_code == 400
    with house.database.read() as session:
        assert session.get_one(SourceRow, "city-2026").year == 2026


@pytest.mark.parametrize("path", ["no-such-article", "no-such-article/edit", f"{HONEY}/merge/{'0' * 32}"])
def test_what_is_not_there_is_404(come: Come, path: str) -> None:
    assert come("fang").get(f"/console/articles/{path}").status_code == 404


def test_numbers_and_days_that_are_none_do_not_break_the_form(come: Come, house: House) -> None:
    fang = come("fang")
    form = draft_by(fang)
    odd = {
        "review_by": "someday",
        "ages.from": "x",
        "ages.to": "-3",
        "band.0.from": "½",
        "zh.by_age.0": "话",
        "based_on": "1",
    }
    assert fang.post(f"{AT}/save", {**form, **odd}).status_code == 200
    article = article_from_json(body(house).body)
    assert article.texts["zh"].by_age[0].text == "话"  # type: ignore[index]
    assert article.review_by.isoformat() == form["review_by"]


def test_the_clock_publishes_and_owners_are_told(
    come: Come, house: House, clock: StandingClock, actor: Callable[..., object]
) -> None:
    fang, li = come("fang"), come("jing", address="192.0.2.2")
    form = draft_by(fang)
    fang.post(f"{AT}/save", {**form, "zh.title": "明天的标题", "then": "submit"})
    version = dict(HIDDEN.findall(li.get(f"{AT}/review").text))["version"]
    li.post(f"{AT}/review", {"version": version, "step": "approve", "publish_at": "2026-11-19T08:00"})
    assert article_news.publish_due(house) == []
    clock.now = NOW + timedelta(days=1)
    assert article_news.publish_due(house) == [HONEY]
    with house.database.begin() as session:
        owner = session.scalars(select(StaffRow).where(StaffRow.login == "fang")).one()
        owner.telegram_chat = "4711"
        row = session.get_one(ArticleRow, HONEY)
        assert row.owner == owner.id
        due = session.get_one(RevisionRow, row.live_revision_id).review_by
    clock.now = clock.now.replace(year=due.year, month=due.month, day=due.day)
    article_news.publish_due(house)
    article_news.publish_due(house)
    with house.database.read() as session:
        told = session.scalars(select(OutboxRow).where(OutboxRow.kind == "notice")).all()
        assert [row.address for row in told] == ["4711"], "once"
        assert "明天的标题" not in json.dumps([row.payload for row in told], ensure_ascii=False)
        actions = session.scalars(select(AuditRow.action).where(AuditRow.subject == HONEY)).all()
        assert "article.overdue" in actions


def test_odd_requests_are_answered_without_an_error_of_ours(come: Come, house: House) -> None:
    fang = come("fang")
    form = draft_by(fang)
    for path in ("?domain=bogus&state=bogus", "?page=0", "?page=-3", "?text=%25%27%22", "/export/bogus"):
        assert fang.get(f"/console/articles{path}").status_code == 200, path
    for path, sent in (
        ("review", {"step": "submit", "version": "x"}),
        ("review", {"step": "bogus", "version": "1"}),
        ("retire", {"version": "x"}),
        ("restore", {"id": "x", "version": "x"}),
        ("save", {}),
        ("autosave", {**form, "zh.title": "别的标题", "based_on": "x", "tab": "another"}),
        ("comment", {"text": " "}),
    ):
        assert 400 <= fang.post(f"{AT}/{path}", sent).status_code < 500, path
