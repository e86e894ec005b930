"""The interpreter that the app uses: Rasa while it is well, otherwise the model in the app."""

from __future__ import annotations

import logging

from bot.core.language import Language
from nlu.interpreter import Intent, Parse
from nlu.nearest import NearestInterpreter
from nlu.rasa_client import RasaInterpreter, RasaUnavailable

log = logging.getLogger(__name__)


class ResilientInterpreter:
    """Never raises. Goes over to the nearest examples when Rasa fails and comes back by itself."""

    def __init__(self, nearest: NearestInterpreter, rasa: RasaInterpreter | None = None) -> None:
        self._nearest = nearest
        self._rasa = rasa
        self._by_rasa: bool | None = None

    def use_rasa(self, rasa: RasaInterpreter | None) -> None:
        """From now on ask this Rasa first; None: no Rasa."""
        self._rasa = rasa

    def parse(self, text: str) -> Parse:
        rasa = self._rasa
        if rasa is not None:
            try:
                parse = rasa.parse(text)
            except RasaUnavailable as error:
                self._note(by_rasa=False, reason=str(error))
            except Exception as error:  # whatever it is, the parent gets an answer
                self._note(by_rasa=False, reason=type(error).__name__)
            else:
                self._note(by_rasa=True)
                return parse
        try:
            return self._nearest.parse(text)
        except Exception as error:
            log.error("understanding failed: %s", type(error).__name__)
            return Parse(text, Language.ZH, Intent.FALLBACK, 0.0)

    def _note(self, *, by_rasa: bool, reason: str = "") -> None:
        if by_rasa is not self._by_rasa:
            self._by_rasa = by_rasa
            log.info("understanding by %s %s", "Rasa" if by_rasa else "nearest examples", reason)
