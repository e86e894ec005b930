"""'Are you a doctor?', 你是真人吗: an honest answer is owed, whatever the intent model takes it for."""

from __future__ import annotations

import re

_WHO = re.compile(
    r"(?:请问|那|所以)?(?:你们?|您|萌芽)(?:到底)?是(?:不是)?"
    r"(?:真?人|真的人|医生|大夫|护士|专家|机器人|ai|人工智能|chat ?gpt|人还是机器)"
    r"(?:还是.{1,6})?(?:吗|么|吧|呀|啊)?"
    r"|(?:so |hi |hello )*are you (?:a |an |really )*(?:real |actual |human )*"
    r"(?:doctor|nurse|person|human|bot|robot|chat ?bot|ai|chat ?gpt|machine|real)(?: or .{1,20})?",
    re.IGNORECASE,
)


def asks_what_you_are(text: str) -> bool:
    """Whether the message only asks if a person, a doctor or a machine answers."""
    return bool(_WHO.fullmatch(text.strip().rstrip("?？。.!！~～ ")))
