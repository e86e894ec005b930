"""'Where is it?', 要带什么, 'what if I'm late': short questions that lean on the place that is held, booked or shown.

A message counts only when it says nothing else: 'what to bring when camping' is no question about a centre.
"""

from __future__ import annotations

import re
from typing import Literal

Fact = Literal["where", "price", "bring", "phone", "when", "day", "has", "cancel", "hold", "late"]
LONGEST = 60  # characters of a message that only asks this
_BRING_ZH = r"(?:要|需要?|用|得|该|应该)*(?:给(?:宝宝|孩子|娃))?(?:自己?)?(?:带|备|准备)(?:点|些|上)?"
_FACTS: dict[Fact, str] = {
    "where": (
        r"(?:具体)?(?:地址|位置|地方|地点)?(?:是?在|是)?(?:哪里|哪儿|什么地方|啥地方|什么位置|哪个位置|哪条路|哪块儿?|哪)"
        r"|(?:发一?下?|给我|告诉我|说一?下?)?(?:具体)?(?:地址|位置|定位|导航)(?:是什么|是啥|发一?下?|发我|给我|告诉我|有没?有?)?"
        r"|怎么(?:走|去|过去|到)|咋(?:走|去)|(?:离我?家?)?(?:多远|远不远|远吗|远么)"
        r"|where(?:'?s| is| are| do)?(?: (?:it|that|this|the place|we|i))?(?: (?:exactly|located|go))?"
        r"|(?:what(?:'?s| is) )?(?:the |its? )?(?:address|location|directions)(?: of it)?"
        r"|how do (?:i|we) (?:get|go) there|how far(?: away)?(?: is (?:it|that))?"
    ),
    "price": (
        r"(?:一共|总共|大概|那)?(?:要|收|是|得)?(?:多少钱|几块钱?|几多钱)|要不要(?:钱|交钱|收费|付钱)|(?:要|收|付|交|花)(?:钱|费)"
        r"|免费|怎么收费|怎么收钱|收费标准|(?:价格|费用|价钱)(?:是?多少|怎么样)?|贵不贵|贵"
        r"|how much(?: (?:is|does|will|would) (?:it|that|this)(?: (?:cost|be))?)?"
        r"|what(?:'?s| is| does) (?:the (?:price|cost|fee)|it cost)"
        r"|(?:the )?(?:price|cost|fee)s?|(?:is|will) (?:it|this|that) (?:be )?(?:free|expensive)"
        r"|do (?:i|we) (?:have to |need to )?pay(?: anything)?"
    ),
    "bring": (
        rf"{_BRING_ZH}(?:什么|啥|哪些|些什么|点啥)(?:东西|物品|吃的)?(?:过去|来|去)?"
        rf"|(?:用|需要?|要)不(?:用|需要|要)(?:带|准备)(?:什么|啥)?(?:东西|饭|午饭|奶粉|尿不湿|衣服|被子)?"
        rf"|{_BRING_ZH}(?:东西|饭|午饭|奶粉|奶|尿不湿|尿布|衣服|被子|水杯)"
        r"|(?:what )?(?:do|should|must|shall|can) (?:i|we) (?:need to |have to )?(?:bring|pack|take)"
        r"(?: (?:anything|something|with (?:me|us)|along|nappies|diapers|food|lunch|milk|formula|clothes))*"
        r"|(?:what|anything) (?:to|i should|we should|do i need to) (?:bring|pack|take)(?: with (?:me|us)| along)?"
        r"|what (?:do|will) (?:i|we|he|she|they) need(?: to bring)?"
    ),
    "phone": (
        r"(?:有没有|有|给我|他们的?)?(?:联系)?(?:电话|号码|联系方式)(?:号码)?(?:是?多少|是什么|是啥|有没?有?|给我)?|怎么联系"
        r"|(?:what(?:'?s| is) )?(?:the|their|its|a)? ?(?:phone|telephone|contact)(?: number)?"
        r"|how (?:do|can) (?:i|we) (?:contact|call|phone|reach) them"
    ),
    "when": (
        r"(?:是|约的是|约在|约了)?(?:几点|什么时候|啥时候|哪天|几号|几点钟)(?:开始|结束|去|到|送|接|送过去|来着|来接)?(?:来着)?"
        r"|(?:what time|when)"
        r"(?: (?:is it|was it|does it (?:start|begin|end|finish)|do (?:i|we) (?:come|go|pick up)))?(?: again)?"
    ),
    "day": (
        r"(?:管|包|有没有|有|提供|给)(?:不管|不包)?(?:饭|午饭|吃的|点心|午餐|吃|加餐)|(?:能|可以|有没有地方)?(?:睡午觉|午睡|睡觉)"
        r"|(?:一天|当天|里面|平时|白天)?(?:都|怎么|有什么|有啥)?(?:做些?什么|干些?什么|干啥|玩什么|安排|活动)|一天怎么安排|作息(?:时间)?(?:表|是什么)?"
        r"|(?:do they|do you|does it|will they|is there)(?: have| give| provide| serve| offer)?"
        r" ?(?:any )?(?:food|lunch|meals|snacks)(?: there)?"
        r"|(?:do they|will they) feed (?:him|her|them)"
        r"|what do they do(?: there)?(?: all day)?|(?:can|do) they (?:nap|sleep)(?: there)?"
        r"|(?:the )?(?:daily )?(?:routine|schedule)"
    ),
    "has": (
        r"(?:有没有|有)(?:监控|摄像头|母婴室|院子|户外|停车的?地方|停车)|(?:靠谱|正规)不(?:靠谱|正规)|靠谱|正规"
        r"|(?:is there|are there|do they have) (?:any |a )?(?:cameras?|cctv|garden|parking|outdoor space|outside space)"
        r"|is (?:it|that|this)(?: place)? (?:registered|licensed|any good)"
    ),
    "cancel": (
        r"(?:还|以后|到时候|临时|之后)?(?:能不能|可不可以|可以|能)(?:随时|临时|再)?(?:取消|退)(?:不)?|取消(?:要|会|收|扣)(?:不要|不会)?(?:收|扣|付)?(?:钱|费)"
        r"|(?:临时|到时候|万一)?(?:有事|去不了|不去|来不了)(?:了)?(?:怎么办|咋办|会怎样|行)|怎么取消|咋取消"
        r"|(?:and )?can (?:i|we) (?:still )?cancel(?: (?:it|that))?(?: later| any ?time| afterwards)?"
        r"|how (?:do|can) (?:i|we) cancel(?: (?:it|that))?(?: later)?"
        r"|what if (?:i|we) (?:can'?t (?:come|make it)|don'?t (?:come|show up)|(?:have|need) to cancel)"
        r"|is there a cancell?ation fee"
    ),
    "hold": (
        r"(?:名额)?(?:能|可以|会|给我)?(?:留|保留|等)(?:我)?(?:多久|多长时间|到几点|几分钟)|什么时候过期|多久(?:会)?过期"
        r"|how long (?:do|will|can) you (?:hold|keep|reserve) (?:it|that|the place)"
        r"|how long is (?:it|that) held|until when(?: is it held)?"
    ),
    "late": (
        r"(?:如果|要是|万一)?(?:我们?)?(?:路上)?(?:晚到|迟到|晚点到|晚点|去晚|来晚|到晚)(?:了)?(?:几分钟|一会儿?|点儿?)?"
        r"(?:怎么办|咋办|可以|行不行|行|没事|没关系|会怎样|有关系)"
        r"|(?:and )?what (?:if|happens if) (?:i'?m|we'?re|i am|we are|i come|we come) (?:a (?:bit|little) )?late"
        r"|can (?:i|we) (?:be|come) (?:a (?:bit|little) )?late"
    ),
}  # fmt: skip
_AROUND = (
    r"(?:那|请问|你好|哦|嗯|好的?|对了|另外|还有|然后|顺便问?一?下?|问一?下|想问一?下?|就是|到时候|去的时候|去的话|我们?|宝宝|孩子|娃|你们?"
    r"|他们|这家|那家|那边|这边|那里|这里|机构|托育点?|宝宝屋|托班|老师|这个|那个|这次|明天|后天|当天|那天|需要|"
    r"呢|啊|呀|吗|么|嘛|不(?=$)|吧|哈|了|的|来着|\s|[，,。.？?！!、~～]"
    r"|\b(?:ok(?:ay)?|hi|hello|hey|so|and|but|oh|please|pls|thanks|thank you|there|then|tomorrow|again|one more thing"
    r"|by the way|btw|quick question)\b)*"
)
_ASKED = {fact: re.compile(rf"{_AROUND}(?:{words}){_AROUND}", re.IGNORECASE) for fact, words in _FACTS.items()}
_BETWEEN = re.compile(r"[，,。；;？?！!\n]+|\s+(?:and|还有)\s+|还有|另外", re.IGNORECASE)


def facts_asked(text: str) -> tuple[Fact, ...]:
    """What is asked about the place at hand, in the order of the message; nothing when something else is said too."""
    said = text.strip()
    if not said or len(said) > LONGEST:
        return ()
    found: list[Fact] = []
    for part in (p for p in _BETWEEN.split(said.rstrip("。.？?！!~～ ")) if p.strip()):
        fact = next((f for f, words in _ASKED.items() if words.fullmatch(part.strip())), None)
        if fact is None and not re.fullmatch(_AROUND, part, re.IGNORECASE):
            return ()
        if fact is not None and fact not in found:
            found.append(fact)
    return tuple(found)
