"""A small shelf of its own, read with the fast model alone: these tests need no vectors made beforehand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from bot.core.language import Language
from knowledge.model import AgeBand, Article, ArticleText, DoctorLine, Domain, Published, Urgency
from knowledge.search import Elsewhere, Finder
from nlu.embedding import use_embedder

Make = Callable[..., Published]

_ZH = {
    "honey": ("一岁前能吃蜂蜜吗", ["蜂蜜水能喝吗", "宝宝误吃了一口蜂蜜", "几个月可以吃蜂蜜"]),
    "night-waking": ("夜里总醒怎么办", ["半夜老醒", "一晚上醒五六次", "夜醒频繁怎么哄"]),
    "cough": ("咳嗽怎么办", ["咳嗽有痰", "夜里咳得厉害", "干咳好几天了"]),
    "toilet-training": ("什么时候学上厕所", ["怎么戒尿布", "两岁还不会坐便盆", "尿裤子怎么教"]),
    "tooth-brushing": ("怎么给宝宝刷牙", ["刷牙不张嘴", "用含氟牙膏吗", "第一颗牙要刷吗"]),
}
_EN = {
    "honey": ("Can my baby have honey?", ["honey in tea for baby", "gave him honey by mistake", "when is honey safe"]),
    "night-waking": (
        "My baby wakes at night",
        ["up every hour all night", "wakes 5 times a night", "night waking help"],
    ),
    "cough": ("My child has a cough", ["chesty cough", "coughs all night", "dry cough for days"]),
    "toilet-training": ("When to start potty training", ["how to ditch nappies", "potty refusal", "wets his pants"]),
    "tooth-brushing": ("How to brush baby teeth", ["won't open for the brush", "which toothpaste", "first tooth care"]),
}
_AGES = {"honey": (0, 12), "toilet-training": (18, 36)}


@pytest.fixture
def make() -> Make:
    """A published article from its titles and phrasings."""

    def build(
        name: str,
        zh: tuple[str, list[str]],
        en: tuple[str, list[str]],
        ages: tuple[float, float] = (0, 36),
    ) -> Published:
        texts = {
            language: ArticleText(title, title, (title,), (DoctorLine(Urgency.SOON, title),))
            for language, (title, _) in ((Language.ZH, zh), (Language.EN, en))
        }
        article = Article(
            id=name,
            domain=Domain.HEALTH,
            ages=AgeBand(*ages),
            review_by=date(2027, 1, 1),
            texts=texts,
            phrasings={Language.ZH: tuple(zh[1]), Language.EN: tuple(en[1])},
            sources=(),
        )
        return Published(article, f"{name}-1", False)

    return build


@pytest.fixture
def shelf(make: Make) -> list[Published]:
    return [make(name, _ZH[name], _EN[name], _AGES.get(name, (0, 36))) for name in _ZH]


@pytest.fixture
def elsewhere() -> Elsewhere:
    return {
        "pets": ("狗狗不吃狗粮", "猫吐毛球", "my dog barks at night", "cat hairballs", "狗打疫苗多少钱"),
        "money": ("股票跌了怎么办", "房贷利率多少", "which shares to buy", "mortgage rates", "信用卡逾期"),
    }


@pytest.fixture
def finder(shelf: list[Published], elsewhere: Elsewhere) -> Finder:
    return Finder(shelf, use_embedder().embed, elsewhere=elsewhere)
