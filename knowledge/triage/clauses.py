"""Cuts a message into clauses and tells what kind each is: present, denied, over, asked in general, about others.

A parent writes the sign in one clause of five, and reassurance in the next; so each clause speaks only for itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Flag, auto

_BREAK = re.compile(
    r"[。！？!?；;\n]+|(?<!\d)\.(?!\d)|\.(?=\s)|[,，、…~～]+|(?<=[\u3400-\u9fff]) +(?=[\u3400-\u9fff0-9])"
)
_EN_JOIN = re.compile(r"\b(?:but|however|although|though)\b", re.I)
_LONGEST = 120  # characters of voice input without punctuation that are read as one clause


class Kind(Flag):
    """Why a clause may not tell of a present danger. PLAIN: it may."""

    PLAIN = 0
    DENIED = auto()
    PAST = auto()
    GENERAL = auto()  # prevention, knowledge, planning, shopping
    OTHERS = auto()  # somebody else's child, an animal, an adult, television
    IDIOM = auto()
    FEARED = auto()  # will it, could it, worried that


@dataclass(frozen=True, slots=True)
class Clause:
    text: str
    start: int
    end: int
    kind: Kind = Kind.PLAIN


_DENIED_ZH = re.compile(r"(?<![是会])(?:没有|没|不|无|未|也不|并不|从不|不是|都没|从没)$")
_DENIED_EN = re.compile(
    r"(?:\bno|\bnot|n'?t|\bnever|\bwithout|\bneither|\bnor|\bisn'?t|\bno signs? of|\bnot any)(?: \w+){0,3} ?$", re.I
)
_PAST = re.compile(
    r"(?:上次|上回|之前|以前|去年|前年|上个月|上月|半年前|几个月前|[一二两三四五六七八九十\d]+个?(?:月|年|周|星期)前|小时候|出生时|刚出生的?时候|当时|那时候|曾经|早就|住院时|已经好了|好全了|痊愈|出院(?:了|后)|治好|退(?:了|烧了).{0,3}(?:天|好)|过去了|历史|既往|得过|做过手术|后来好了|现在(?:都|已经|一切)?(?:好|没事|健康|正常|胖|精神|活蹦)|早没事|恢复(?:了|得|好)|没再(?:犯|发))"
    r"|\b(?:last (?:year|month|winter|summer|spring|autumn|time|week)|(?:months?|years?|weeks?) ago|used to have|back (?:then|in)|once had|previous\w*|history of|all (?:clear|fine|better|good) now|fully recovered|recovered|since recovered|long over|was discharged|got over|after (?:his|her) (?:\w+ )?(?:surgery|operation)|as a (?:newborn|baby)|when (?:he|she) was (?:a )?(?:newborn|tiny|\w+ (?:weeks|months))|at birth)\b",
    re.I,
)
_GENERAL = re.compile(
    r"预防|防止|怎么防|如何防|避免|以防|万一|备一|常备|要备|家里备|应该放|放哪|收在哪|学一下|学学|想学|培训|课程|急救课|科普|了解一下|先了解|想了解|什么是|是什么意思|什么叫|区别|症状有哪些|有哪些症状|有什么症状|早期信号|表现是什么|什么样子|长什么样|会不会传染|怎么判断|如何判断|怎么分辨|多少度算|多久算|算不算|讲座|演练|买哪|哪个牌子|推荐|安全吗$|要不要装|怎么装|怎么选|怎么教|以后|将来|的话(?:怎么|要|会)|如果|要是|假如|会引起|会导致|会不会导致|能引起|为什么会|原理"
    r"|\b(?:prevent\w*|avoid\w*|in case|just in case|how (?:do|can|to) (?:i |we |you )?(?:prevent|avoid|stop (?:him|her|them) from|make sure|store|check|teach|tell|know if|spot)|what (?:is|are|does|would|causes?|temperature counts?)|what'?s the difference|difference between|explain|signs of|symptoms of|risk of|risks? |course|class\b|training|safe(?:r|st)? way|safely|which (?:brand|one|cover|cleaner)|recommend\w*|tips|tricks|child ?proof\w*|should i (?:buy|get|keep|store|stock)|where (?:should|do) (?:i|we)|can (?:babies|toddlers|a baby|it|they|you)|how common|is it true|do all|does (?:it|a|the)|if (?:he|she|baby|my|they|a|it|you|i|we)|when should|at what (?:point|age|temp\w*)|what counts|planning|practise|practice|for future|future)\b",
    re.I,
)
_OTHERS = re.compile(
    r"同事|朋友|邻居家|亲戚|侄子|外甥|表(?:弟|妹|哥|姐)|别人|网上|新闻|电视|电影|视频里|小说|剧里|群里|隔壁|我小时候|我自己小|狗狗|我家狗|猫咪|大人(?:发烧|咳|感冒)|我(?:发烧|咳嗽|感冒|拉肚子|吐了|头疼)|老公(?:发烧|咳嗽|感冒)|听说|有人说|看到(?:一个|有)|刷到|同学|动画片里"
    r"|\b(?:friend'?s|neighbou?r'?s|colleague'?s|cousin'?s|nephew|niece|my (?:dog|cat|puppy|husband|wife|mum|mother|dad|father|nan|gran)|our (?:dog|cat|labrador|puppy)|someone|somebody|in the news|on the news|on tv|on telly|movie|film|drama|saw (?:a|an|on)|read (?:a|an|about|that)|article|heard (?:of|about|that)|story|stories|a (?:boy|girl|child|baby|kid) (?:in|at|from)|i (?:have|had|am|was|feel|felt|got)|the news|his (?:dad|father)|tiktok|instagram|facebook)\b",
    re.I,
)
_IDIOM = re.compile(
    r"(?:累|气|笑|可爱|困|急|烦|愁|想|热|冷|饿|渴|疼|萌|忙|吓|美|丑|甜|酸|臭|香)死(?:了|我|个|人|妈|宝|你)|气炸|笑抽|笑到(?:抽|岔)|抽条|抽风(?:似|一样|机)|要命的|救命啊?.{0,6}(?:快递|奶粉|尿不湿|尺码|选)|急急急|崩溃.{0,6}(?:哭|闹|睡)|小祖宗|吐血(?:推荐|整理)?(?=.{0,6}(?:推荐|整理|价))|血亏|中毒(?:了)?(?:一样|似的)|上头|打鸡血|炸毛|烧钱|发烧友|卡路里|卡壳|窒息(?:了)?的?(?:操作|育儿)"
    r"|\b(?:killing me|dying (?:of|to|over)|dead (?:asleep|tired|on my feet|cute|sleep|to the world)|on fire|choked up|fit of (?:giggles|laughter)|drowning in|died laughing|i'?m dying|to die for|could (?:murder|kill for)|blue(?:s| badge| peter)|burnt? out|out cold|knocked out by|sick (?:of|and tired)|heart ?attack when|poison(?:ous)? (?:mil|mother)|toxic|passed out (?:on|by|at)|crash(?:ed|es) out|eats? like|scream for ice|head over heels|falls? for|breath of fresh)\b",
    re.I,
)
_FEARED = re.compile(
    r"会不会|怕(?:他|她|孩子|宝宝|会)|担心|是不是会|会(?:抽|烧坏|得|引起)|\b(?:will (?:he|she|it)|could it|might it|worr(?:y|ied) (?:that|about)|scared (?:that|of|he|she)|afraid (?:that|of|he|she))\b",
    re.I,
)
_PRESENT = re.compile(
    r"刚才|刚刚|刚(?:吃|吞|喝|摔|被|给|发|从|抽|打)|现在|正在|今天|今早|今晚|昨晚|昨天|昨夜|半夜|这会|这两天|一直|还在|已经.{0,3}(?:小时|分钟)|越来越|突然|忽然|又(?:吐|烧|抽|来)|怎么办|急|快|救|不知道|马上|今儿|方才|到现在|这几天"
    r"|\b(?:just|right now|now|today|tonight|this (?:morning|evening|afternoon)|since|still|yesterday|last night|keeps?|minutes? ago|mins? ago|hours? ago|hrs? ago|help|what do i do|asap|urgent|suddenly|again)\b",
    re.I,
)


def split(text: str) -> list[Clause]:
    """Clauses in order, with their place in the text and their kind."""
    clauses: list[Clause] = []
    start = 0
    ends = [(m.start(), m.end()) for m in _BREAK.finditer(text)] + [(len(text), len(text))]
    for stop, resume in ends:
        for piece_start, piece_end in _pieces(text, start, stop):
            piece = text[piece_start:piece_end]
            if piece.strip():
                clauses.append(Clause(piece, piece_start, piece_end, kind_of(piece)))
        start = resume
    return clauses


def _pieces(text: str, start: int, stop: int) -> list[tuple[int, int]]:
    cuts = [start, *(start + m.start() for m in _EN_JOIN.finditer(text[start:stop]) if m.start() > 0), stop]
    return list(zip(cuts, cuts[1:], strict=False))


def kind_of(clause: str) -> Kind:
    """Denial is looked at per match (`denied_before`); this is about the clause as a whole."""
    kind = Kind.PLAIN
    for pattern, flag in (
        (_PAST, Kind.PAST),
        (_GENERAL, Kind.GENERAL),
        (_OTHERS, Kind.OTHERS),
        (_IDIOM, Kind.IDIOM),
        (_FEARED, Kind.FEARED),
    ):
        if pattern.search(clause):
            kind |= flag
    return kind


def denied_before(text: str, start: int) -> bool:
    """Whether the words right before a match deny it: 没有抽, no blue lips, not vomiting."""
    before = text[max(0, start - 24) : start]
    return bool(_DENIED_ZH.search(before[-4:]) or _DENIED_EN.search(re.split(r"[.,!?;，。！？；\n]| but ", before)[-1]))


def tells_of_now(text: str) -> bool:
    return bool(_PRESENT.search(text))
