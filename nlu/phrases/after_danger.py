"""What parents write after words of danger, or after the fright: it is over, help is coming, I cannot go on.

Pure rules, zh and en. Every clause has to say that it is over: 'he stopped' does, 'he stopped breathing' and
'he stopped but is pale' do not.
"""

from __future__ import annotations

import re

from nlu.phrases.follow_ups import is_short
from nlu.phrases.numbers import clean

_CUT = re.compile(r"[,，。.!！;；、~～…\n]+|\b(?:and|but|then|so)\b|(?<=[\u3400-\u9fff]) +(?=[\u3400-\u9fff])")
_AROUND_EN = r"(?:(?:thank god|phew|ok(?:ay)?|yes|right|just|now|already|i think|it'?s ok(?:ay)?|all) ?)*"
_WHO_EN = (
    r"(?:(?:he|she|it|they|baby|the baby|lo|my (?:son|daughter|baby)|that)(?:'?s| is| has| have| seems?| looks?)? ?)?"
)
_OUT_EN = (
    r"(?:(?:i |we )?(?:brought|coughed|spat|spit|threw|got|pulled) (?:it|the \w+) (?:back )?(?:up|out)"
    r"|(?:it |the \w+ )?(?:came|has come|is|'s) (?:up|out))"
)
_WELL_EN = (
    r"(?:(?:much |completely |totally |absolutely |perfectly |all |back |a lot )*"
    r"(?:fine|ok(?:ay)?|alright|all right|right|better|well|good|calm(?:er)?|happy|happily|normal|to normal"
    r"|himself|herself"
    r"|playing|smiling|laughing|running around|breathing (?:again|normally|fine|ok(?:ay)?|well|easily)|pink|awake"
    r"|sleeping|asleep|crying|talking|drinking|eating))"
)
_OVER_EN = re.compile(
    rf"{_AROUND_EN}{_WHO_EN}{_AROUND_EN}"
    rf"(?:{_OUT_EN}|{_WELL_EN}|(?:just |now )?stopped(?: (?:fitting|shaking|jerking|choking|crying))?|over|gone"
    r"|(?:came|come|coming) (?:round|around|to)|woke(?:n)? up|woken up|a false alarm|false alarm)"
    r"(?: (?:again|now|already|normally|happily|though|since|himself|herself|it seems|i think|thank god"
    r"|at the moment))*",
    re.IGNORECASE,
)
_OVER_ZH = re.compile(
    r"(?:现在|刚刚?|刚才|已经|终于|又|他|她|宝宝|孩子|娃|自己|都|就|还好|幸好|好像|一切|目前|也|又能|嗯|哦|谢天谢地)*"
    r"(?:(?:把?东西|葡萄|花生|它)?(?:给)?(?:吐|咳|抠|取|拍|拿|呕)出来|缓过来|不抽|不哭|不喘|不吐|(?:烧)?退(?:烧|下来)?|(?:抽搐?|血|咳嗽?)?停(?:下来|住)?|好(?:多|点)?|没事|醒(?:过来|来)?"
    r"|睡着|正常|恢复正常|能?呼吸(?:正常|顺畅)|脸色(?:正常|红润|好)|精神(?:挺|很)?好|在?玩(?:得挺好|得很好)?|会?笑"
    r"|能吃能玩|虚惊一场)(?:了|着|呢|啦|的)*"
)
_COMING_EN = re.compile(
    rf"{_AROUND_EN}(?:(?:the |an )?(?:ambulance|paramedics?|doctor|help)(?:'?s| is| are| has| have)? ?"
    r"(?:just |nearly |almost )*"
    r"(?:here|there|coming|on (?:its|the|their) way|arrived|come)"
    r"|(?:i |i'?ve |we |we'?ve |i have |we have |my \w+ )?(?:just )?(?:called|rung|rang|phoned|dialled)"
    r"(?: (?:120|112|911|999|110|12356|an ambulance|the ambulance|them|him|her|my \w+))*"
    r"|(?:i |we )?(?:will|'?ll|am going to|are going to)? ?(?:call(?:ing)?|ring(?:ing)?|phone|phoning)"
    r"(?: (?:120|112|911|999|110|12356|an ambulance|the ambulance|them|now))+"
    r"|(?:i|we)(?:'?ll| will) (?:call|ring|phone|go|do (?:that|it))"
    r"|(?:i'?m|i am|we'?re|we are)? ?(?:on (?:our|my|the) way(?: to .{1,24})?|going (?:to .{1,24}|now|in)"
    r"|leaving|driving .{0,24}"
    r"|at (?:the )?(?:hospital|a&e|er|emergency|doctor'?s?|clinic)|in (?:the )?(?:ambulance|hospital|taxi|car|a&e|er)"
    r"|taking (?:him|her|them) .{1,24})"
    r"|(?:my )?(?:mum|mom|mother|husband|wife|partner|sister|friend|neighbou?r)(?:'?s| is) (?:here|coming"
    r"|on (?:her|his|the) way|with me))"
    r"(?: (?:now|already|soon|then|too))*",
    re.IGNORECASE,
)
_COMING_ZH = re.compile(
    r"(?:好的?|嗯|行|我|我们|已经|刚刚?|现在|正|正在|马上|这就|在|就|了|那)*"
    r"(?:(?:救护车|120|医生|急救(?:车|人员)|家里人|我妈|老公|老婆|朋友)(?:已经|马上|快|正在)*(?:到|来|在路上|在来的路上|赶来|过来)"
    r"|(?:打|叫|拨)(?:完|过|通|好)?(?:了)?(?:120|110|12356|电话|救护车)|(?:去|到|往|赶去|送去|赶往)(?:了)?(?:医院|急诊|诊所)(?:的?路上)?|在?路上|出发)"
    r"(?:了|啊|呢|啦)*"
)
_OUT = re.compile(rf"\b{_OUT_EN}\b|(?:吐|咳|抠|取|拍|拿|呕|喷|流)了?出来了?", re.IGNORECASE)
_WELL_NOW = re.compile(
    r"\b(?:(?:he|she|baby|lo)(?:'?s| is| seems| looks)|playing|seems|acting|breathing) ?(?:\w+ ){0,2}?"
    r"(?:fine|ok|okay|alright|all right|well|normal(?:ly)?|happy|happily|playing|smiling)\b"
    r"|(?:没事|好了|正常|在玩|能吃能玩|好好的|精神(?:挺|很)?好)",
    re.IGNORECASE,
)
_NOT_OVER = re.compile(
    r"\b(?:still|but (?!(?:he|she)(?:'?s| is) (?:fine|ok))|keeps?|since|wheez\w*|noisy|drool\w*|dribbl\w*|blue"
    r"|grey|pale|limp"
    r"|floppy|drowsy|sleepy|won'?t|can'?t|not)\b"
    r"|还在|还是|一直|但|可是|喘|哨|口水|紫|青|白|软|蔫|没精神|不肯|不吃|咽不下|声音",
    re.IGNORECASE,
)

_GROWN_UP = re.compile(
    r"\b(?:i|i'?m|i'?ve|i'?d|me|myself|we|us|mum|mom|mummy|mommy|mother|dad|daddy|father|husband|hubby|wife"
    r"|partner|boyfriend"
    r"|girlfriend|ex|bf|nan|gran\w*|nanny|uncle|aunt\w*|teacher|carer|childminder|sitter|baby ?sitter|man|woman|someone"
    r"|somebody|in[- ]laws?|mil|fil)\b"
    r"|我(?!家|们家|的?(?:宝|娃|孩|儿|女|孙|小))|咱|老公|老婆|丈夫|妻子|媳妇|爸|妈|爷|奶奶|姥|外公|外婆|公公|婆|公婆|姑|姨|叔|舅|保姆"
    r"|月嫂|育儿嫂|老师|大人|男人|女人|对象|前夫|自己|家暴|有人|剖|顺产|刚生|生完|侧切|撑不|崩溃|受不了|熬不|扛不|绝望|疯了|累死",
    re.IGNORECASE,
)

# Stuck, then out again. What was swallowed, or is of a kind that harms later, is not over because it is out.
_STUCK = re.compile(r"噎|卡|呛|\bchok|\bgagg|\bstuck\b|went down the wrong way", re.IGNORECASE)
_HARMS_LATER = re.compile(
    r"吞|误|电池|磁|药|洁|毒|剂|洗|酒|币|针|钉|玻璃|油|摔|撞|磕|水里|溺|淹|烫|勒|蜂蜜|过敏|打针|疫苗|怎么防|预防|上次|以前|如果|要是"
    r"|\b(?:swallow\w*|batter\w*|magnet\w*|pills?|tablets?|medicine|bleach|cleaner|alcohol|coin|needle|glass|fell|fall"
    r"|hit|drown\w*|burn\w*|allerg\w*|jab|vaccin\w*|prevent\w*|last (?:week|month|year|time)|if)\b",
    re.IGNORECASE,
)
LONGEST_ZH, LONGEST_EN = 45, 130  # characters; who writes more asks something besides
_HAN = re.compile(r"[\u3400-\u9fff]")
_LONG_AGO = re.compile(
    r"前天|昨天|昨晚|上周|上个?月|年前|月前|去年|大年|以后|之后|\b(?:yesterday|ago|since then|from now on|in future)\b",
    re.IGNORECASE,
)
# Only meant for what follows words of despair.
_CANNOT_GO_ON = re.compile(
    r"撑不|受不了|不行了|扛不|熬不|坚持不|活着|没人|没有人|一个人|打不通|没人接|占线|不敢打|不想打|不会打|没用|好累|好难|难受|绝望|崩溃"
    r"|想哭|在哭|怎么办|然后呢|帮帮我|救我|没意思|算了|没力气|害怕|好怕"
    r"|\b(?:can'?t (?:do|take|cope|go on|stop|call|any ?more)|cannot (?:do|take|cope|go on)|nobody|no one|alone"
    r"|no answer|engaged|busy|won'?t help|no use|pointless|scared|afraid|what (?:now|then|next)|what do i do|help me"
    r"|give up|so tired|exhausted|hopeless|crying)\b",
    re.IGNORECASE,
)
_EASED = re.compile(
    r"打(?:完|通)了|打过(?:电话|12356)?了|聊(?:完|过)了|好(?:一)?点了|好些了|好多了|平静|冷静下来|有人(?:来|陪)"
    r"|(?:老公|我妈|爸妈|我姐|我妹|朋友|婆婆).{0,4}(?:来了|回来了?|在陪|陪着我?|过来了?)"
    r"|\b(?:calmer|feel (?:a (?:bit|little) )?better|spoke to (?:them|someone)|talked to (?:them|someone))\b",
    re.IGNORECASE,
)


def tells_it_is_over(text: str) -> bool:
    """'He coughed it up, he's fine now', 吐出来了，现在没事了: nothing else is said."""
    return _all_clauses(text, _OVER_EN, _OVER_ZH)


def tells_of_help(text: str) -> bool:
    """'Ambulance is here', 'we are on our way', 打了120了, 在去医院的路上: nothing else is said."""
    return _all_clauses(text, _COMING_EN, _COMING_ZH, also=(_OVER_EN, _OVER_ZH))


def came_out_and_is_well(text: str) -> bool:
    """A child that choked just now, brought it up, and is told to be well, with no word of anything left."""
    cleaned = clean(text)
    if _NOT_OVER.search(cleaned) or _HARMS_LATER.search(cleaned) or not _OUT.search(cleaned):
        return False
    if _LONG_AGO.search(cleaned) or len(text) > (LONGEST_ZH if _HAN.search(text) else LONGEST_EN):
        return False
    return _WELL_NOW.search(cleaned) is not None and (_STUCK.search(cleaned) is not None or tells_it_is_over(text))


def cannot_go_on(text: str) -> bool:
    """A short word of despair: '没人帮我', '打不通', 'what now'."""
    return is_short(text) and _CANNOT_GO_ON.search(text.replace("’", "'")) is not None


def feels_eased(text: str) -> bool:
    """'打过了，好一点了', 'I feel a bit better'."""
    eased = is_short(text) and _EASED.search(text) is not None
    return eased and not re.search(r"打不通|没人接|没用|没好|不好", text)


def speaks_of_grown_ups(text: str) -> bool:
    """Whether anybody but a child is in the message: 'I', 老公, 'her dad'. 'My baby', 我家宝宝 are only the child."""
    return _GROWN_UP.search(clean(text)) is not None


_JUST_GAVE_BIRTH = re.compile(
    r"剖(?:宫|腹)?产?|顺产|产后|产妇|月子|刚生|生完|恶露|侧切|伤口缝|乳房|乳腺|堵奶"
    r"|\b(?:c-?section|caesarean|cesarean|postpartum|postnatal|(?:gave|giving|after (?:the )?|since (?:the )?)birth"
    r"|stitches|lochia|breasts?|boobs?|mastitis)\b",
    re.IGNORECASE,
)
_CHILD = re.compile(
    r"宝宝|孩子|娃|他|她|儿子|女儿|闺女|小孩|老大|老二"
    r"|\b(?:baby|he|she|son|daughter|child|lo|toddler|kid|little one)\b",
    re.IGNORECASE,
)


def speaks_of_a_birth(text: str) -> bool:
    """Whether a mother tells of her own body after the birth."""
    return _JUST_GAVE_BIRTH.search(text) is not None


def speaks_of_a_child(text: str) -> bool:
    return _CHILD.search(text) is not None


def _all_clauses(text: str, *wanted: re.Pattern[str], also: tuple[re.Pattern[str], ...] = ()) -> bool:
    cleaned = clean(text).replace("’", "'")
    parts = [part.strip() for part in _CUT.split(cleaned) if part.strip()]
    if not parts or not is_short(text):
        return False
    said = [any(p.fullmatch(part) for p in wanted) for part in parts]
    around = [any(p.fullmatch(part) for p in also) or _NOTHING.fullmatch(part) is not None for part in parts]
    return any(said) and all(one or other for one, other in zip(said, around, strict=True))


_NOTHING = re.compile(
    r"(?:ok(?:ay)?|yes|right|phew|thank god|good|thanks?(?: you)?|好的?|嗯+|哦|谢谢|谢天谢地|现在)", re.I
)
