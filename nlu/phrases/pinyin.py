"""Chinese in Latin letters: words of booking, times, greetings and illness become characters; other pinyin is noticed.

'wo yao yuyue tuoban mingtian xiawu 3 dian' is 我要预约托班明天下午3点. Only when every word is known; a guess would be
worse than asking for characters.
"""

from __future__ import annotations

import re

_LIST = """
wo 我 | women 我们 | ni 你 | nimen 你们 | yao 要 | xiang 想 | xiangyao 想要 | qing 请 | qingwen 请问
bang 帮 | bangwo 帮我 | gei 给 | neng 能 | nengbuneng 能不能 | keyi 可以 | keyima 可以吗 | you 有
meiyou 没有 | youmeiyou 有没有 | ma 吗 | ne 呢 | ba 吧 | a 啊 | de 的 | le 了 | shi 是 | shide 是的 | bu 不
bushi 不是 | buyao 不要 | buyuele 不约了 | suanle 算了 | hao 好 | haode 好的 | xing 行 | queding 确定
queren 确认 | suibian 随便 | douxing 都行 | yuyue 预约 | yue 约 | ding 订 | tuoban 托班 | tuoyu 托育
tuo 托 | tuoer 托儿 | linshi 临时 | quantian 全天 | bantian 半天 | yitian 一天 | quxiao 取消 | gaidao 改到
gai 改 | gaicheng 改成 | shijian 时间 | huan 换 | yijia 一家 | diyijia 第一家 | dierjia 第二家 | paidui 排队
wode 我的 | baobao 宝宝 | haizi 孩子 | wa 娃 | lianggewa 两个娃 | jintian 今天 | mingtian 明天
houtian 后天 | dahoutian 大后天 | zhouyi 周一 | zhouer 周二 | zhousan 周三 | zhousi 周四 | zhouwu 周五
zhouliu 周六 | zhouri 周日 | zhoumo 周末 | xingqiyi 星期一 | xingqier 星期二 | xingqisan 星期三
xingqisi 星期四 | xingqiwu 星期五 | xingqiliu 星期六 | xingqitian 星期天 | xingqi 星期 | xia 下 | zhe 这
zhou 周 | xiazhou 下周 | zaoshang 早上 | shangwu 上午 | zhongwu 中午 | xiawu 下午 | wanshang 晚上 | dian 点
dianban 点半 | ban 半 | dao 到 | xiaoshi 小时 | zhongtou 钟头 | ge 个 | yi 一 | er 二 | liang 两 | san 三
si 四 | wu 五 | liu 六 | qi 七 | badian 八点 | jiu 九 | shidian 十点 | shiyi 十一 | shier 十二 | sui 岁
geyue 个月 | fujin 附近 | nali 哪里 | zai 在 | zaina 在哪 | zainali 在哪里 | nar 哪儿 | zainar 在哪儿
duoshaoqian 多少钱 | daishenme 带什么 | zenme 怎么 | zenmeyue 怎么约 | fashao 发烧 | zenmeban 怎么办
nihao 你好 | ninhao 您好 | xiexie 谢谢 | zaijian 再见 | qinzi 亲子 | huodong 活动 | xiaozu 小组 | jigou 机构
jiankang 健康 | chifan 吃饭 | shuijiao 睡觉 | laduzi 拉肚子 | kesou 咳嗽 | liubiti 流鼻涕 | outu 呕吐
jiuming 救命 | chouchu 抽搐 | jingjue 惊厥 | huxi 呼吸 | kunnan 困难 | qiazhu 卡住 | hunmi 昏迷
"""
_WORDS = dict(pair.split() for pair in _LIST.replace("\n", "|").split("|") if pair.strip())
_ENGLISH_TOO = """
a an ban bang bin can chi dan dang die dig ding fan gang ge gen he hen hi hung in la lan lie long ma man mango me
men mine nan no pan pang pen pie ping pin sang she shun so song sun tan tang tie tong wan wen women wu xi you yi
ye tai ha pa da na o oh song sung tea mama papa baba dada ok hang rang run sing
"""
_IN_ENGLISH_TOO = frozenset(_ENGLISH_TOO.split())
SHORTEST = 4  # letters of a message that is believed to be pinyin
_LONGEST = 4  # tokens of one word: 'you mei you', 'di yi jia'
_INITIAL = r"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])"
_FINAL = (
    r"(?:iang|iong|uang|ang|eng|ing|ong|iao|ian|uai|uan|van|ai|ei|ao|ou|an|en|in|un|vn|ia|ie|iu|ua|uo|ui|ue|ve|er"
    r"|a|o|e|i|u|v)"
)
_SYLLABLE = re.compile(rf"(?:{_INITIAL}{_FINAL}|a|ai|an|ang|ao|e|en|er|o|ou)r?")
_PINYIN = re.compile(rf"(?:{_SYLLABLE.pattern}){{1,6}}")
_TOKEN = re.compile(r"[a-z]+|[0-9]+(?:[:：.][0-9]{2})?|[^\sa-z0-9]+", re.IGNORECASE)
_ACCENTS = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü", "aaaaeeeeiiiioooouuuuvvvvv")


def in_characters(text: str) -> str | None:
    """The message in Chinese characters; None when it is no pinyin, or holds a word that is not in the list."""
    tokens = _tokens(text)
    found, said, position = [], 0, 0
    while position < len(tokens):
        for length in range(min(_LONGEST, len(tokens) - position), 0, -1):
            words = "".join(tokens[position : position + length])
            if words in _WORDS:
                found.append(_WORDS[words])
                said += words not in _IN_ENGLISH_TOO
                position += length
                break
        else:
            if tokens[position][0].isalpha():
                return None
            found.append(tokens[position])
            position += 1
    return "".join(found) if said and sum(map(len, tokens)) >= SHORTEST else None


def looks_like_pinyin(text: str) -> bool:
    """Whether all words are syllables of Chinese, and one of them is a common word that is no English one."""
    words = [t for t in _tokens(text) if t.isalpha()]
    if len(words) < 2 or not all(w.isascii() and _PINYIN.fullmatch(w) for w in words):
        return False
    foreign = [w for w in words if w not in _IN_ENGLISH_TOO]
    return len(foreign) * 2 > len(words) and any(w in _WORDS for w in foreign)


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text.lower().translate(_ACCENTS))
