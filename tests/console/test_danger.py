"""Danger rules at work, on both databases: signed, proposed, tried, published by a second person, served at once."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from bot.core.staff.model import Actor, NotPermitted, Role
from bot.house import House
from knowledge.danger_rules import content, safety, service, serving
from knowledge.danger_rules.content import Example
from knowledge.danger_rules.store import RuleChangeRow
from knowledge.danger_rules.trying import with_words
from knowledge.store import QuestionRow
from knowledge.triage import rules
from knowledge.triage.engine import Triage
from knowledge.triage.rules import read_rules
from tests.conftest import NOW
from tests.console.conftest import Come

RULE = "blue-face"
NEW_WORDS = "宝宝指甲发紫"
Somebody = Callable[..., Actor]


@pytest.fixture
def author(actor: Somebody) -> Actor:
    return actor(Role.AUTHOR, name="王芳")


@pytest.fixture
def reviewer(actor: Somebody) -> Actor:
    return actor(Role.REVIEWER, name="李静")


@pytest.fixture
def house(house: House) -> House:
    """With a danger check of its own, rules only: what one test publishes is not served in another."""
    return replace(house, triage=Triage())


def proposal(house: House, who: Actor, *, pattern: str = "指甲.{0,6}发紫", version: int = 0, quiet: str = "") -> str:
    with house.database.begin() as session:
        line = service.line(session, RULE)
        body = {**line.body, "zh": [*line.body["zh"], pattern]}
        examples = [*service.examples_of(session, RULE), Example(NEW_WORDS, True, "zh")]
        if quiet:
            examples.append(Example(quiet, False, "zh"))
        return service.propose(session, who, RULE, body, examples, NOW, version=version).id


def tried(house: House, who: Actor, change_id: str) -> dict[str, Any]:
    with house.database.begin() as session:
        report = service.try_change(session, who, change_id, house.triage)
        service.keep_trial(session, who, change_id, report)
        return report


def publish(house: House, who: Actor, change_id: str, version: int = 1) -> None:
    with house.database.begin() as session:
        service.publish(session, who, change_id, NOW, version=version)


def take_back(house: House, who: Actor, second: Actor) -> None:
    with house.database.begin() as session:
        change_id = service.propose_taking_back(session, who, RULE, NOW).id
    tried(house, who, change_id)
    publish(house, second, change_id)


def serves(house: House, watch: serving.Watch, triage: Triage) -> bool:
    with house.database.read() as session:
        return watch.look(session, triage)


def fires(triage: Triage, text: str = NEW_WORDS) -> bool:
    return any(hit.rule.id == RULE and hit.live for hit in triage.evidence(text).hits)


def test_every_shipped_rule_reads_the_same_through_the_form_and_passes_the_rules_for_patterns() -> None:
    for rule in read_rules():
        body = rules.written()[rule.id]
        again = content.from_fields(content.to_fields(body), body)
        assert content.digest(content.compiled(again, rule.id)) == content.digest(rule), rule.id
        assert [fault for part in ("zh", "en") for p in body.get(part, ()) for fault in safety.faults_in(p)] == []
        assert content.wrong_examples(rule, content.shipped_examples()[rule.id]) == []


def test_a_change_is_served_in_every_process_once_a_second_person_publishes_it(
    house: House, author: Actor, reviewer: Actor
) -> None:
    here, there = house.triage, Triage()
    watches = serving.Watch(), serving.Watch()
    change = proposal(house, author)
    report = tried(house, author, change)
    assert report["faults"] == []
    assert set(report["tried"]) == {"danger", "harmless"}
    for watch, triage in zip(watches, (here, there), strict=True):
        assert not serves(house, watch, triage)
        assert not fires(triage), "a proposal is not served"
    publish(house, reviewer, change)
    for watch, triage in zip(watches, (here, there), strict=True):
        assert serves(house, watch, triage)
        assert fires(triage)
        assert not serves(house, watch, triage)
    with house.database.read() as session:
        line = service.line(session, RULE)
        assert (line.origin, line.approval.staff_name if line.approval else "") == ("changed", "李静")
    take_back(house, author, reviewer)
    assert serves(house, watches[0], here)
    assert not fires(here)
    assert fires(here, "宝宝嘴唇发紫")


def test_who_wrote_it_cannot_publish_it_nor_who_may_only_propose(house: House, author: Actor, actor: Somebody) -> None:
    both = actor(Role.AUTHOR, Role.REVIEWER, name="孙倩")
    change = proposal(house, both)
    tried(house, both, change)
    with pytest.raises(service.OwnRule):
        publish(house, both, change)
    with pytest.raises(NotPermitted):
        publish(house, author, change)


def test_nothing_is_published_untried_or_changed_after_the_trial(house: House, author: Actor, reviewer: Actor) -> None:
    change = proposal(house, author)
    with pytest.raises(service.TrialMissing):
        publish(house, reviewer, change)
    tried(house, author, change)
    assert proposal(house, author, pattern="指甲.{0,8}发紫", version=1) == change
    with pytest.raises(service.RuleChangedMeanwhile):
        publish(house, reviewer, change, version=1)
    with pytest.raises(service.TrialMissing):
        publish(house, reviewer, change, version=2)


def test_two_people_on_one_proposal_the_later_is_told(house: House, author: Actor, reviewer: Actor) -> None:
    proposal(house, author)
    with pytest.raises(service.RuleChangedMeanwhile):
        proposal(house, reviewer, version=0)


def test_a_sentence_that_must_not_fire_stops_it(house: House, author: Actor, reviewer: Actor) -> None:
    change = proposal(house, author, quiet="宝宝指甲有点发紫")
    report = tried(house, author, change)
    assert ["should_not", "宝宝指甲有点发紫"] in [list(fault) for fault in report["faults"]]
    with pytest.raises(service.RuleFaulty):
        publish(house, reviewer, change)


def test_the_trial_says_where_a_rule_fires_newly_and_no_more(house: House, author: Actor) -> None:
    wide = proposal(house, author, pattern="(?:宝宝|孩子).{0,12}(?:发烧|发热)")
    report = tried(house, author, wide)
    assert report["newly"] > 5
    assert report["newly_by"].keys() <= {"danger", "harmless", "parents"}
    with house.database.begin() as session:
        line = service.line(session, RULE)
        examples = service.examples_of(session, RULE)
        body = {**line.body, "zh": ["没有这样的话"]}
        narrow = service.propose(session, author, RULE, body, examples, NOW, version=1).id
    report = tried(house, author, narrow)
    assert report["no_more"] > 5
    assert report["faults"], "its own sentences do not fire it any more"


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("(a+)+b", "nested_repeat"),
        ("(?:[a-z]*x)*y", "nested_repeat"),
        (r"(发)\1", "back_reference"),
        ("发" * 3000, "too_long"),
        ("(a|a)*b", "too_slow"),
        ("(?:very |very )*blue", "too_slow"),
        (r"(\w|\d)*紫", "nested_repeat"),
        (r"发\d*\d*\d*\d*紫", "too_slow"),
        (r"[^。]+[^。]+紫", "nested_repeat"),
        ("(" * 600 + "发紫" + ")" * 600, "unreadable"),
        ("(发紫", "unreadable"),
        ("{nothing}发紫", "unreadable"),
        ("发.*紫", "unreadable"),
    ],
)
def test_a_pattern_that_could_hold_up_the_check_is_refused(pattern: str, fault: str) -> None:
    body = {**rules.written()[RULE], "zh": [pattern]}
    assert fault in {found.code for found in content.faults(body, RULE, content.shipped_examples()[RULE])}


def test_taking_a_published_change_back_needs_two_people_as_well(
    house: House, author: Actor, reviewer: Actor, actor: Somebody
) -> None:
    other = actor(Role.REVIEWER, name="孙倩")
    watch = serving.Watch()
    change = proposal(house, author)
    tried(house, author, change)
    publish(house, reviewer, change)
    assert serves(house, watch, house.triage)
    for who in (author, reviewer, other):
        with house.database.begin() as session, pytest.raises(service.NoSuchRule):
            service.withdraw(session, who, change, NOW)
    with house.database.begin() as session:
        back = service.propose_taking_back(session, reviewer, RULE, NOW).id
    with pytest.raises(service.TrialMissing):
        publish(house, other, back)
    report = tried(house, reviewer, back)
    assert report["faults"] == []
    with pytest.raises(service.OwnRule):
        publish(house, reviewer, back)
    assert not serves(house, watch, house.triage)
    assert fires(house.triage), "nothing is taken back by one person"
    publish(house, other, back)
    assert serves(house, watch, house.triage)
    assert not fires(house.triage)
    assert house.triage.rules == read_rules()
    with house.database.read() as session:
        line = service.line(session, RULE)
        assert (line.origin, line.draft) == ("shipped", None)
        assert [row.state for row in service.history(session, RULE)].count("withdrawn") == 1


def test_the_report_of_a_trial_keeps_no_words_of_families(house: House, author: Actor) -> None:
    with house.database.begin() as session:
        session.add(QuestionRow(id="q1", text="宝宝指甲有点发紫怎么办", language="zh", asked_at=NOW, why="unsure"))
    change = proposal(house, author)
    report = tried(house, author, change)
    assert "怎么办" not in json.dumps(report, ensure_ascii=False)
    with house.database.begin() as session:
        shown = with_words(session, report)["newly_shown"]
        assert "宝宝指甲有点发紫怎么办" in [line["text"] for line in shown]
        session.delete(session.get_one(QuestionRow, "q1"))
        session.flush()
        assert [line for line in with_words(session, report)["newly_shown"] if line["origin"] == "parents"] == []


def test_of_two_people_who_propose_at_once_the_later_is_told(house: House, author: Actor, reviewer: Actor) -> None:
    told: list[type[Exception] | None] = []

    def go(who: Actor) -> None:
        try:
            proposal(house, who)
            told.append(None)
        except service.RuleChangedMeanwhile as error:
            told.append(type(error))

    with house.database.begin() as session:
        service.bump(session)
    both = [threading.Thread(target=go, args=(who,)) for who in (author, reviewer)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(told, key=str) == [service.RuleChangedMeanwhile, None]


def test_a_broken_published_rule_leaves_the_shipped_rules_standing(
    house: House, author: Actor, reviewer: Actor
) -> None:
    change = proposal(house, author)
    tried(house, author, change)
    publish(house, reviewer, change)
    watch = serving.Watch()
    assert serves(house, watch, house.triage)
    with house.database.begin() as session:
        session.execute(update(RuleChangeRow).values(body={"sign": "no-such-sign", "zh": ["("]}))
        service.bump(session)
    assert not serves(house, watch, house.triage)
    assert house.triage.rules == read_rules()
    assert fires(house.triage, "宝宝嘴唇发紫")
    with house.database.read() as session:
        assert service.line(session, RULE).origin == "shipped", "the list can still be read, and the change taken back"


def test_a_signature_counts_for_what_was_signed_only(house: House, author: Actor, reviewer: Actor) -> None:
    with house.database.begin() as session:
        line = service.line(session, RULE)
        assert line.approval is None
        service.approve(session, reviewer, RULE, line.digest, NOW)
        assert service.line(session, RULE).approval is not None
        with pytest.raises(service.RuleChangedMeanwhile):
            service.approve(session, reviewer, RULE, "0" * 64, NOW)
        with pytest.raises(NotPermitted):
            service.approve(session, author, "no-breath", service.line(session, "no-breath").digest, NOW)
    change = proposal(house, author)
    tried(house, author, change)
    publish(house, reviewer, change)
    take_back(house, author, reviewer)
    with house.database.begin() as session:
        line = service.line(session, RULE)
        assert line.approval is not None, "the shipped content is signed still"


def test_from_the_list_to_a_published_change_without_javascript(house: House, come: Come) -> None:
    author, reviewer = come("fang"), come("jing")
    assert "blue-face" in author.get("/console/danger").text
    assert "✓" in author.get("/console/danger/blue-face?run=yes").text
    author.get("/console/danger/blue-face/change")
    with house.database.read() as session:
        line = service.line(session, RULE)
        fields = content.to_fields(line.body) | content.sentences_as_fields(service.examples_of(session, RULE))
    fields["zh"] += "\n指甲.{0,6}发紫"
    fields["fires_zh"] += f"\n{NEW_WORDS}"
    shown = author.post("/console/danger/blue-face/change", {**fields, "version": "0", "note": "x"})
    assert shown.url.path.startswith("/console/danger-change/")
    path = shown.url.path
    late = come("qian")
    late.get("/console/danger/blue-face/change")
    second = late.post("/console/danger/blue-face/change", {**fields, "zh": "脚趾.{0,6}发紫", "version": "0"})
    assert second.status_code == 409
    assert "脚趾.{0,6}发紫" in second.text, "what was typed is not lost"
    assert path in second.text
    assert author.post(f"{path}/try").status_code == 200
    assert author.post(f"{path}/publish", {"version": "1"}).status_code == 403
    page = reviewer.get(path)
    assert f"{path}/publish" in page.text
    done = reviewer.post(f"{path}/publish", {"version": "1"})
    assert done.url.path == "/console/danger/blue-face"
    assert fires(house.triage), "served as soon as it is published"
    assert come("lei").get("/console/danger").status_code == 403
    author.get("/console/danger/blue-face")
    back = author.post("/console/danger/blue-face/take-back", {"note": "x"}).url.path
    author.post(f"{back}/try")
    reviewer.get(back)
    assert reviewer.post(f"{back}/publish", {"version": "1"}).url.path == "/console/danger/blue-face"
    assert not fires(house.triage)


def test_a_new_rule_is_proposed_with_an_id_of_its_own_and_mistakes_keep_what_was_typed(
    house: House, come: Come
) -> None:
    author = come("fang")
    assert author.get("/console/danger/new/change").status_code == 200
    typed = {
        "new_id": "toe-blue", "sign": "blue-lips", "level": "urgent_today", "from_months": "0", "to_months": "37",
        "zh": "脚趾.{0,6}发紫", "fires_zh": "宝宝脚趾发紫\n脚趾有点发紫 | 3", "quiet_zh": "画了紫色的脚趾",
        "version": "0",
    }  # fmt: skip
    wrong = author.post("/console/danger/new/change", {**typed, "from_months": "soon"})
    assert wrong.status_code == 400
    assert "脚趾.{0,6}发紫" in wrong.text
    for taken in ("blue-face", "Not An Id"):
        assert author.post("/console/danger/new/change", {**typed, "new_id": taken}).status_code == 400
    kept = author.post("/console/danger/new/change", typed)
    assert kept.url.path.startswith("/console/danger-change/")
    assert kept.url.path in author.get("/console/danger?state=drafts").text, "who waits for it finds it"
    again = author.get("/console/danger/toe-blue/change")
    assert "脚趾.{0,6}发紫" in again.text, "it can be written on"
    twice = author.post("/console/danger/new/change", {**typed, "zh": "大脚趾发紫"})
    assert twice.status_code == 409
    assert "大脚趾发紫" in twice.text
    assert author.post("/console/danger/new/change", {**typed, "new_id": "new"}).status_code == 400
    author.post(f"{kept.url.path}/try")
    reviewer = come("jing")
    reviewer.get(kept.url.path)
    assert reviewer.post(f"{kept.url.path}/publish", {"version": "1"}).url.path == "/console/danger/toe-blue"
    evidence = house.triage.evidence("宝宝脚趾发紫")
    assert [(hit.rule.id, hit.rule.level.value) for hit in evidence.hits] == [("toe-blue", "urgent_today")]
