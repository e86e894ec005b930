"""The flat text of a message becomes headings, lists and links, and nothing else gets through."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.language import Language
from bot.dialogue.reply import Card, Reply
from bot.texts import Renderer
from bot.web.document import Block, document
from knowledge.model import AgeBand, AgeVariant, Article, ArticleText, DoctorLine, Domain, Published, Source, Urgency


def card(language: Language, age: float | None = None) -> list[Block]:
    """The document of a card as the bot itself would send it."""
    text = ArticleText(
        title="Title & <more>",
        short="Short.",
        steps=("One.", "Two."),
        doctor=(DoctorLine(Urgency.EMERGENCY_NOW, "Blue."), DoctorLine(Urgency.SOON, "Tired.")),
        by_age=(AgeVariant(AgeBand(0, 6), "For the small."),),
    )
    article = Article(
        id="a", domain=Domain.HEALTH, ages=AgeBand(0, 36), review_by=date(2027, 1, 1),
        texts={Language.ZH: text, Language.EN: text}, phrasings={Language.ZH: (), Language.EN: ()},
        sources=("x",),
    )  # fmt: skip
    source = Source("x", "Title", "出版者 / Publisher", "https://example.org/x?a=1&b=2", 2024)
    published = Published(article, "r", approved_locally=False, sources=(source,))
    message = Renderer({"emergency": "120"}).render(Reply((Card(published, age),)), language)
    return document(message.html, language)


@pytest.mark.parametrize("language", list(Language))
def test_a_card_keeps_its_parts(language: Language) -> None:
    blocks = card(language)
    assert [b.kind for b in blocks][:4] == ["title", "lead", "text", "text"]
    assert blocks[0].heading == "Title &amp; &lt;more&gt;"
    assert [i.html for i in blocks[2].items] == ["One.", "Two."]
    assert blocks[3].doctor
    assert [i.urgency for i in blocks[3].items] == ["emergency_now", "soon"]
    sources = next(b for b in blocks if b.kind == "sources")
    assert 'target="_blank"' in sources.paragraphs[0]
    assert 'rel="noopener noreferrer"' in sources.paragraphs[0]


def test_the_variant_of_an_age_is_named_above_it() -> None:
    lead = card(Language.EN, age=3)[1]
    assert "under 6 months" in str(lead.band)
    assert lead.paragraphs[0] == "For the small."


@given(st.text(alphabet="<>&\"'/abi =:.\n·ｈhrefjvsctp1", max_size=200))
def test_no_text_becomes_a_tag_that_the_texts_do_not_use(text: str) -> None:
    for block in document(text, Language.EN):
        pieces = [*block.paragraphs, *(i.html for i in block.items), block.heading or "", block.band or ""]
        for tag in re.findall(r"<[^>]*>", "".join(pieces)):
            assert re.fullmatch(r"</?(b|i|a|button)\b[^>]*>", tag)
            assert not re.search(r"javascript:|\son\w+=|style=", tag)


@given(st.text(max_size=300))
def test_any_text_has_a_document(text: str) -> None:
    document(text, Language.ZH)


def test_a_command_in_a_text_can_be_pressed() -> None:
    (block,) = document("/child 宝宝生日　/privacy 隐私 https://example.org/help", Language.ZH)
    assert re.findall(r'value="(\w+)"', block.paragraphs[0]) == ["child", "privacy"]
