"""Whether a parent tells of the loss of a child. Pure rules, zh and en: no model may overrule what they hear.

Not: fears, dreams, questions, what happened in another pregnancy long ago, a child who is lost in a shop.
"""

from __future__ import annotations

import re

from nlu.phrases.numbers import clean

_CHILD_ZH = r"(?:宝宝|宝贝|孩子|娃儿?|女儿|儿子|闺女|老大|老二|胎儿|双胞胎)"
_ZH = re.compile(
    rf"{_CHILD_ZH}.{{0,8}}(?:没保住|没能保住|去世|过世|夭折|离世|离开了?(?:我们|人世)|没救(?:回|过)来|没了(?:心跳|胎心))"
    rf"|{_CHILD_ZH}(?:已经|突然|刚刚?|就)?没了(?=[。，,.！! ]|$)"
    rf"|(?:失去了?|痛失).{{0,5}}{_CHILD_ZH}"
    r"|(?:我|老婆|媳妇|妻子|她).{0,8}(?:流产了|小产了|胎停(?:育)?了)"
    r"|(?:死产|死胎|胎停育)|引产了"
)
_CHILD_EN = r"(?:baby|son|daughter|child|twins?|boy|girl|little one)"
_AFTER_LOST = (
    r"(?= ?(?:[.,;!]|$)| (?:last|yesterday|today|this (?:week|month|morning)|after birth|during"
    r"|(?:a|two|three|\d+) (?:days?|weeks?|months?) ago|to (?!him|her|it)|at (?:\d+ |birth)"
    r"|in (?:the )?(?:nicu|pregnancy|labou?r)))"
)
_EN = re.compile(
    rf"\b(?:my|our|the|his|her) (?:\w+ )?{_CHILD_EN} (?:has |have |had )?(?:just )?"
    r"(?:died|passed away|didn.?t make it|did not make it)\b"
    r"|\b(?:i|we|my wife|my partner)(?:'ve| have| had| just| recently)* lost (?:our|my|the|a) "
    rf"(?:\w+ )?{_CHILD_EN}{_AFTER_LOST}"
    r"|\b(?:i|we) lost (?:her|him|them|it) at (?:\d+|\w+) weeks\b"
    r"|\bstillb(?:irth|orn)\b|\b(?:i|we|she|my wife) (?:\w+ )?miscarried\b"
    r"|\b(?:i|we|my wife|my partner)(?:'ve| have)?(?: just| recently)? (?:had|having) a (?:\w+ )?miscarriage\b"
)
_NOT = re.compile(
    r"[?？吗么呢]\s*$|梦|担心|害怕|怕|会不会|万一|如果|要是|差点|险些|以前|曾经|几年前|去年|前年|上一胎|头一胎|预防|风险"
    r"|朋友|邻居|同事|新闻|亲戚|原地去世|哈哈|故事|电视|剧里|看到|听说|那个|别人"
    r"|\b(?:if|what if|afraid|scared|worried|fear|dream\w*|could|would|might|risk\w*|prevent\w*|friend|neighbou?r|news|"
    r"years? ago|last year|before (?:him|her|this)|previous(?:ly)?|nearly|almost)\b"
)


def tells_of_loss(text: str) -> bool:
    """'我们的宝宝没保住', 'our baby died last week'."""
    cleaned = clean(text)
    return _NOT.search(cleaned) is None and (_ZH.search(cleaned) or _EN.search(cleaned)) is not None
