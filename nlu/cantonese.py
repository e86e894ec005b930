"""Written Cantonese is read as Mandarin, word by word: enough for danger signs, the search and the intents."""

from __future__ import annotations

import re

# Words that nobody writes in Mandarin: without one of them nothing is touched.
_MARKS = re.compile(r"咗|嘅|唔|佢|冇|点算|点解|喺|嚟|啲|嗰|瞓|噉|㗎|喎|嘢|乜|而家|依家|细路|系咪|边度|几时|头先")
_WORDS = {
    "使唔使": "要不要", "得唔得": "行不行", "好唔好": "好不好", "有冇": "有没有", "系咪": "是不是",
    "唔系": "不是", "唔使": "不用", "唔好": "不要", "唔": "不", "冇": "没有", "点算": "怎么办",
    "点解": "为什么", "点样": "怎么样", "乜嘢": "什么", "做乜": "为什么", "嘢": "东西", "佢哋": "他们",
    "佢": "他", "咗": "了", "嘅": "的", "喺": "在", "嚟": "来", "啲": "些", "嗰": "那", "而家": "现在",
    "依家": "现在", "头先": "刚才", "琴日": "昨天", "寻日": "昨天", "听日": "明天", "今日": "今天",
    "成日": "老是", "几多": "多少", "几时": "什么时候", "边度": "哪里", "边个": "谁", "瞓觉": "睡觉",
    "瞓": "睡", "屙": "拉", "睇": "看", "畀": "给", "俾": "给", "饮": "喝", "跌": "摔", "烫亲": "烫伤",
    "撞亲": "撞伤", "整亲": "弄伤", "细路仔": "孩子", "细路": "孩子", "囡囡": "女儿", "仔仔": "儿子",
    "bb": "宝宝", "蜜糖": "蜂蜜", "奶樽": "奶瓶", "噉": "这样", "咁": "这么",
}  # fmt: skip
_ANY = re.compile(
    "|".join(sorted(map(re.escape, _WORDS), key=len, reverse=True)) + r"|食(?![物品欲材谱指])", re.IGNORECASE
)


def to_mandarin(text: str) -> str:
    """佢食咗蜜糖点算 -> 他吃了蜂蜜怎么办. In simplified characters; text without Cantonese words passes unchanged."""
    if _MARKS.search(text) is None:
        return text
    return _ANY.sub(lambda found: _WORDS.get(found[0].lower(), "吃"), text)
