"""Prices of things in shops: neither a centre's fees nor anything that an article answers."""

from __future__ import annotations

import re

_PRICE = re.compile(
    r"多少钱|什么价|价格|几块钱|便宜|打折|满减|优惠|哪里买|在哪买|哪儿买"
    r"|\b(?:price|prices|cost|costs|how much (?:is|are|for|does)|cheap(?:er|est)?|discount|on offer"
    r"|where (?:can|do) (?:i|we) buy)\b",
    re.IGNORECASE,
)
_THING = re.compile(
    r"奶粉|(?:一|几)(?:罐|桶|盒|包|瓶|听)|纸尿裤|尿不湿|拉拉裤|湿巾|婴儿车|推车|安全座椅|奶瓶|吸奶器|玩具|童装|米粉|钙片|鱼油|益生菌|小床"
    r"|爱他美|飞鹤|美素|惠氏|雅培|a2|花王|帮宝适|好奇"
    r"|\b(?:formula|tins?|tubs?|packs?|nappies|diapers?|wipes|pram|buggy|stroller|car seat|bottles?|breast pump|toys?"
    r"|cot|crib|aptamil|similac|enfamil|kendamil|huggies|pampers|calpol|vitamins?)\b",
    re.IGNORECASE,
)
_CARE = re.compile(
    r"托|照护|中心|机构|早教|亲子|\b(?:care|nursery|nurseries|centres?|centers?|session|hour|class)\b", re.IGNORECASE
)


def asks_price_of_a_thing(text: str) -> bool:
    """'How much is a tin of Aptamil', 爱他美一罐多少钱; not what an hour at a centre costs."""
    return bool(_PRICE.search(text) and _THING.search(text)) and not _CARE.search(text)
