"""What fits the words of a danger message: which signs to name, whether to ask first, which card stands below."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.dialogue.desk import Desk, Found
from bot.dialogue.turn import Turn
from knowledge.triage.model import Danger, Level, Sign
from knowledge.triage.signs import families, read_signs
from knowledge.triage.spoken_of import has_words, spoken_of
from nlu.phrases.after_danger import speaks_of_a_birth, speaks_of_a_child, speaks_of_grown_ups
from nlu.phrases.follow_ups import asks_what_to_do, is_short

CLEARLY_ASKED = 0.85  # from here on another card than the sign's own stands below an emergency
RATHER_ASKED = 0.6  # the same below 'see a doctor today'
SURELY_THIS = 0.9  # from here on the card says what happened as surely as the sign does
NIGHT_TERRORS = "fears-night-terrors"
OF_THE_YOUNGEST = ("newborn-not-feeding", "fever-under-3m", "severe-breathing")
OF_EVERY_AGE = ("cannot-wake", "severe-breathing", "severe-dehydration")
LOW_MOOD = "parent-low-mood"
FOR_PARENTS = ("postpartum-depression", "postpartum-blues", "parent-burnout")  # cards about the parent's own mood
VAGUE = ("sepsis", "sick-young-infant")  # 'not himself': asked about together with the general signs
WORTH_OFFERING = 0.1  # of a card, when none is sure
_WORSE = re.compile(
    r"越来越|更|又|还|一直|厉害|严重|不行|怎么回事|\b(?:worse|again|still|keeps?|getting)\b", re.IGNORECASE
)
_YOUNG = 6.0  # months: a sign of the first months comes after one of any age while no age is known
_ACT_AT_ONCE = ("injury", "poisoning", "breathing")  # families of signs where minutes count


def signs_of(turn: Turn, danger: Danger, desk: Desk) -> Danger:
    """The signs that the words can mean, those as urgent as the whole first.

    Where only the child comes up, nobody is told of despair or violence; where no heat does, nobody is told of burns.
    What is asked about, when none or only one of them fits: what matters most at this age as well.
    """
    signs = [desk.sign(s) for s in danger.signs]
    if not speaks_of_grown_ups(turn.text):
        signs = [s for s in signs if not s.about_parent] or signs
    if speaks_of_a_birth(turn.text) and not speaks_of_a_child(turn.text):
        signs = [s for s in signs if s.about_parent] or signs
    spoken = [s for s in signs if s.about_parent or spoken_of(s.id, turn.text)]
    if danger.level is Level.CHECK:
        signs = spoken or [desk.sign(s) for s in _most_important(turn.age_months)]
        if signs[0].id in VAGUE or (len(signs) == 1 and not signs[0].about_parent):
            signs = [*signs, *(desk.sign(s) for s in _general(signs[0], turn.age_months) if s not in danger.signs)][:3]
        first = signs[0].about_parent
        return replace(danger, signs=tuple(s.id for s in signs if s.about_parent == first))
    if not spoken and is_short(turn.text):  # 'he won't sleep': a few words, and none of what they are taken for
        return replace(danger, level=Level.CHECK, signs=_most_important(turn.age_months))
    youngest = turn.age_months is not None and turn.age_months < 3
    signs = spoken or ([desk.sign(s) for s in OF_THE_YOUNGEST[:1]] if youngest else signs)
    signs = [s for s in signs if s.about_parent <= signs[0].about_parent]
    signs.sort(
        key=lambda s: (max(danger.level.rank - s.level.rank, 0), turn.age_months is None and s.to_months <= _YOUNG)
    )
    return replace(danger, signs=tuple(s.id for s in signs))


def meant(text: str, danger: Danger, desk: Desk) -> bool:
    """Whether a child, something getting worse, or a word of one of the signs comes up at all."""
    if speaks_of_a_child(text) or _WORSE.search(text):
        return True
    grown_ups = speaks_of_grown_ups(text)
    return any(grown_ups if desk.sign(s).about_parent else has_words(s) and spoken_of(s, text) for s in danger.signs)


def for_a_child(found: Found) -> Found:
    """What is worth offering once a child's signs were denied: nothing on the parent's mood, nothing far-fetched."""
    likely = tuple((k, score) for k, score in found.candidates if k not in FOR_PARENTS and score >= WORTH_OFFERING)
    return replace(found, verdict="unsure", candidates=likely)


def _most_important(age_months: float | None) -> tuple[str, ...]:
    """IMCI's general danger signs, in the words for this age."""
    return OF_THE_YOUNGEST if age_months is not None and age_months < 3 else OF_EVERY_AGE


def _general(sign: Sign, age_months: float | None) -> list[str]:
    """The general signs, those of the same part of the body first: with a hard belly, being dried out."""
    own = families()[sign.id]
    return sorted(_most_important(age_months), key=lambda s: families()[s] != own)


def doubted(turn: Turn, danger: Danger, desk: Desk, found: Found) -> Danger:
    """What is asked about, or seen today, instead of told as an emergency.

    Night terrors: 'screams and can't be woken', lest the alarm contradicts the card below it. Harm by a parent of whom
    no word tells, when a child's sign is likely as well or the library is sure of a child's topic.
    As plainly a pinched finger as can be is seen today, unless something worse goes by the same card.
    """
    first = desk.sign(danger.signs[0])
    if first.about_parent and danger.level is not Level.SOON and not spoken_of(first.id, turn.text):
        others = tuple(s for s in danger.signs if not desk.sign(s).about_parent)
        asked = found.verdict == "sure" and found.best not in FOR_PARENTS and found.best != first.topic
        clearly = asked and (danger.level is Level.CHECK or found.candidates[0][1] >= CLEARLY_ASKED)
        if others or clearly:
            return replace(danger, level=Level.CHECK, signs=others or _most_important(turn.age_months))
        if danger.level is Level.CHECK and found.best in FOR_PARENTS:
            return replace(danger, signs=(LOW_MOOD, *(s for s in danger.signs if spoken_of(s, turn.text)))[:3])
    if first.id == "head-injury-amber" and not spoken_of("head-injury-red", turn.text):
        return replace(danger, level=min(danger.level, Level.URGENT_TODAY, key=lambda level: level.rank))
    surely = found.best == first.topic and found.candidates[0][1] >= SURELY_THIS
    if danger.level is Level.EMERGENCY_NOW and first.level is Level.URGENT_TODAY and surely:
        worse = any(s.topic == first.topic and s.level is Level.EMERGENCY_NOW for s in read_signs().values())
        return danger if worse else replace(danger, level=Level.URGENT_TODAY)
    alike = found.best == NIGHT_TERRORS and found.candidates[0][1] >= CLEARLY_ASKED
    if danger.level is Level.EMERGENCY_NOW and danger.signs[0] == "cannot-wake" and alike:
        return replace(danger, level=Level.CHECK, signs=("seizure-now", "cannot-wake", "blue-lips"))
    return danger


def first_aid_first(text: str, danger: Danger, desk: Desk, found: Found) -> bool:
    """'Burnt, what do I do?': the first aid comes before the check question."""
    first = desk.sign(danger.signs[0])
    asked = danger.level is Level.CHECK and families()[first.id] in _ACT_AT_ONCE
    return asked and found.verdict == "sure" and found.best == first.topic and asks_what_to_do(text)


def card(found: Found, danger: Danger, signs: list[Sign]) -> bool:
    """Below a warning only what belongs to it is worth reading, or what was clearly asked.

    Nobody whose child has swallowed iron tablets reads which food has iron.
    """
    if found.best == signs[0].topic:
        return True
    if danger.level is not Level.EMERGENCY_NOW:
        return found.candidates[0][1] >= RATHER_ASKED
    return found.candidates[0][1] >= CLEARLY_ASKED and families()[signs[0].id] not in _ACT_AT_ONCE
