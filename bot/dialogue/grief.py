"""The loss of a child: words for it and somebody to talk to, and what rests from then on."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.desk import Desk
from bot.dialogue.reply import Button, Reply, Route, rows, say
from bot.dialogue.turn import Outcome, Turn
from bot.dialogue.warning import warning
from knowledge.triage.model import Danger, Level
from nlu.phrases.loss import tells_of_loss

LOSS = "loss"  # the sign of signs.yaml


def tells_of_loss_in(turn: Turn) -> bool:
    """By the rules of its own words, or by the danger check."""
    found = turn.understood.danger
    return tells_of_loss(turn.text) or (found is not None and LOSS in found.signs[:1] and found.level is Level.SOON)


def comfort(turn: Turn, desk: Desk) -> Outcome:
    """The loss of a child was told: the words for it and somebody to talk to, no answers and no questions below."""
    rests = desk.mourning(told=True)
    danger = Danger(Level.SOON, (LOSS,))
    said = warning(turn.language, danger, [desk.sign(LOSS)])
    if rests:
        said = replace(said, parts=(*said.parts, say("danger.own_rest")))
    not_meant = rows(Button(say("danger.not_meant"), "notloss"))
    conversation = replace(turn.conversation.asked(), topic=None, topic_text="", form={}, loss=True)
    return Outcome(
        (replace(said, buttons=(*said.buttons, *not_meant), alarm=None),), conversation, Route.DANGER, danger=danger
    )


def on_not_meant(turn: Turn, desk: Desk) -> Outcome:
    """It was no loss that the parent told of."""
    desk.mourning(told=False)
    return Outcome((Reply((say("danger.misunderstood"),)),), replace(turn.conversation, loss=False), Route.SMALL_TALK)
