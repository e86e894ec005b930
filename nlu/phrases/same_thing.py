"""Whether a line speaks of what a short message names: 'at night' and a line about sleep."""

from __future__ import annotations

import re

_ALIKE = (
    re.compile(r"晚上|夜里|半夜|夜间|睡觉|睡着|入睡|夜|\b(?:night\w*|sleep\w*|asleep|bed(?:time)?)\b", re.IGNORECASE),
    re.compile(r"白天|日间|小睡|\b(?:day ?time|by day|naps?)\b", re.IGNORECASE),
    re.compile(r"吃药|用药|喂药|退烧药|药|\b(?:medicines?|medication|paracetamol|ibuprofen|dose)\b", re.IGNORECASE),
    re.compile(r"洗澡|泡澡|\bbath\w*\b", re.IGNORECASE),
    re.compile(r"出门|外出|户外|\b(?:outside|outdoors|go out|going out)\b", re.IGNORECASE),
    re.compile(r"打疫苗|接种|疫苗|\b(?:vaccin\w+|jabs?)\b", re.IGNORECASE),
    re.compile(r"传染|\b(?:contagious|infectious|catch(?:ing)?)\b", re.IGNORECASE),
)
_EATS_LITTLE = re.compile(
    r"不怎么吃|吃得少|不吃(?!药)|没胃口|不肯吃|\b(?:not eating|eating (?:less|little)|appetite|off (?:his|her) food)\b",
    re.IGNORECASE,
)
_OF_EATING = re.compile(
    r"饭吃|吃得少|胃口|食欲|不肯吃|进食|吃奶(?:明显)?少|\b(?:eat(?:s|ing)?|appetite|food|feeding)\b", re.IGNORECASE
)
_STOP = re.compile(
    r"那么?|如果|要是|还有|但是?|可是|就是|不过|怎么办?|什么|可以|能不能|要不要|宝宝|孩子|他|她|的|了|呢|吗|啊|还行|也好|还好"
)
_COMMON_WORDS = """
about with what when this that they them then than have does should would could your baby child there still
just else and the for how also more much very been will well same
"""
_COMMON = frozenset(_COMMON_WORDS.split())


def speaks_of(line: str, said: str) -> bool:
    """By words for the same thing, else by two characters or the beginning of a longer word that both hold."""
    alike = [words for words in _ALIKE if words.search(said)]
    if _EATS_LITTLE.search(said):  # '先不吃' in a line may be of a medicine
        alike.append(_OF_EATING)
    if alike:
        return any(words.search(line) for words in alike)
    pairs = {
        part[n : n + 2] for part in re.findall(r"[\u3400-\u9fff]+", _STOP.sub(" ", said)) for n in range(len(part) - 1)
    }
    stems = {w[:5] for w in re.findall(r"[a-z]{4,}", said.lower()) if w not in _COMMON}
    found = {w[:5] for w in re.findall(r"[a-z]{4,}", line.lower())}
    return any(pair in line for pair in pairs) or bool(stems & found)


_EVERYWHERE = re.compile(
    r"小组|活动|亲子|家长|参加|报名|预约|周[一二三四五六日末]|怎么|什么|有没有|那个|\b(?:group|session|book|course)s?\b",
    re.IGNORECASE,
)


def shared_words(said: str, title: str) -> int:
    """How many pairs of characters, or beginnings of longer words, of a title a message holds; common ones aside."""
    said, title = (_EVERYWHERE.sub(" ", t) for t in (said, title))
    pairs = {part[n : n + 2] for part in re.findall(r"[\u3400-\u9fff]+", title) for n in range(len(part) - 1)}
    stems = {w[:5] for w in re.findall(r"[a-z]{4,}", title.lower()) if w not in _COMMON}
    words = {w[:5] for w in re.findall(r"[a-z]{4,}", said.lower())}
    return sum(pair in said for pair in pairs) + len(stems & words)
