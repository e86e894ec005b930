"""The training data is whole, says each thing once, and decides whether there is anything to train."""

from nlu.examples import Example, article_examples, danger_examples, own_examples, training_examples
from nlu.interpreter import Intent
from nlu.training import fingerprint, validate

BOOKING = {
    Intent.BOOK_CARE,
    Intent.BOOK_GROUP_SESSION,
    Intent.MY_BOOKINGS,
    Intent.CANCEL_BOOKING,
    Intent.RESCHEDULE_BOOKING,
    Intent.WAITLIST,
    Intent.FIND_CENTRE,
    Intent.OPENING_HOURS_OR_PRICE,
}


def test_our_own_phrasings_have_no_faults():
    assert validate(own_examples()) == []


def test_booking_intents_have_eighty_phrasings_a_language():
    own = own_examples()
    for intent in BOOKING:
        for language in ("zh", "en"):
            assert sum(e.intent == intent and e.language == language for e in own) >= 80, (intent, language)


def test_a_missing_intent_an_unknown_one_and_a_contradiction_are_named():
    own = [e for e in own_examples() if e.intent != "waitlist"]
    own += [Example("泡澡", "zh", "bathing"), Example("好的", "zh", "deny")]
    faults = " | ".join(validate(own))
    assert "waitlist has 0 examples in zh" in faults
    assert "bathing has examples but is not an intent" in faults
    assert "'好的' is an example of affirm and deny" in faults


def test_the_fingerprint_moves_with_an_example_and_not_with_their_order():
    examples = own_examples()
    assert fingerprint(examples) == fingerprint(examples[::-1])
    assert fingerprint(examples) != fingerprint(examples[1:])
    assert fingerprint(examples) != fingerprint([Example(examples[0].text, "zh", "deny"), *examples[1:]])


def test_every_training_text_is_one_line_and_there_once():
    texts = [e.text for e in training_examples()]
    assert len({t.casefold() for t in texts}) == len(texts)
    assert all(t.strip() == t and t.isprintable() and "[" not in t for t in texts)


def test_the_sample_of_articles_is_capped_and_shared_fairly(tmp_path):
    for name, phrasings in (("one", 30), ("two", 2)):
        folder = tmp_path / "health" / name
        folder.mkdir(parents=True)
        lines = "".join(f'    - "{name} 问题 {n}"\n' for n in range(phrasings))
        (folder / "article.yaml").write_text(f"id: {name}\nphrasings:\n  zh:\n{lines}", encoding="utf-8")
    sample = article_examples(tmp_path, at_most=6)
    assert len(sample) == 6
    assert sum(e.text.startswith("two") for e in sample) == 2
    assert {e.intent for e in sample} == {"ask_guidance"}


def test_only_what_cannot_wait_is_an_emergency_and_a_broken_line_is_left_out(tmp_path):
    (tmp_path / "some_zh.jsonl").write_text(
        '{"text": "没呼吸了", "level": "emergency_now", "sign": "x", "kind": "plain"}\n'
        '{"text": "两个月发烧", "level": "urgent_today", "sign": "y", "kind": "plain"}\n'
        '{"text": "笑死我了", "level": "none", "sign": "x", "kind": "idiom"}\n'
        "{broken\n",
        encoding="utf-8",
    )
    assert {(e.text, e.intent) for e in danger_examples(tmp_path)} == {
        ("没呼吸了", "emergency"),
        ("两个月发烧", "ask_guidance"),
    }
