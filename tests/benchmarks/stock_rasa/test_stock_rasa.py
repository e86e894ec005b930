"""The stock pipeline can be trained on our data at all (a handful of examples, one epoch)."""

from itertools import chain

import pytest

from nlu.examples import Example, training_examples
from nlu.server import RasaNotInstalled, rasa_python
from tests.benchmarks.stock_rasa.train import as_faq, train_stock


def test_a_phrasing_of_an_article_becomes_its_retrieval_intent(tmp_path):
    folder = tmp_path / "nutrition" / "honey-before-one"
    folder.mkdir(parents=True)
    (folder / "article.yaml").write_text("phrasings:\n  zh:\n    - 蜂蜜能吃吗\n", encoding="utf-8")
    given = [Example("蜂蜜能吃吗", "zh", "ask_guidance", "article"), Example("落地醒", "zh", "ask_guidance")]
    assert [e.intent for e in as_faq(given, tmp_path)] == ["faq/honey-before-one", "ask_guidance"]


@pytest.mark.rasa
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_stock_pipeline_trains_on_our_data(tmp_path):
    try:
        rasa_python()
    except RasaNotInstalled:
        pytest.skip("the Rasa environment is not installed")
    known = training_examples()
    plain = [[e for e in known if e.intent == intent][:4] for intent in ("greet", "thanks", "book_care")]
    few = [*chain.from_iterable(plain), *[e for e in known if e.origin == "article"][:12]]
    assert train_stock(tmp_path / "stock.tar.gz", examples=few, epochs=1).stat().st_size > 1000
