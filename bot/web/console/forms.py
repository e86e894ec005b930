"""A form that was sent, as text."""

from __future__ import annotations

from starlette.datastructures import FormData, UploadFile

from bot.web.desk import readable


class Form(dict[str, str]):
    """The last value of every text field, "" for one that is missing; `all` and `file` for the others."""

    def __init__(self, sent: FormData) -> None:
        super().__init__()
        self._sent = sent
        for name, value in sent.multi_items():
            if isinstance(value, str):
                self[name] = _clean(value)

    @classmethod
    def empty(cls) -> Form:
        return cls(FormData())

    def __missing__(self, name: str) -> str:
        return ""

    def all(self, name: str) -> list[str]:
        """Every value of a field that may come several times, such as tick boxes."""
        return [_clean(value) for value in self._sent.getlist(name) if isinstance(value, str)]

    def file(self, name: str) -> UploadFile | None:
        """A chosen file; None when nothing was chosen. Read it with `.file.read()`."""
        value = self._sent.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None


def _clean(value: str) -> str:
    return readable(value).replace("\r\n", "\n")


def number(entered: str) -> int:
    """A version, a year, minutes, as a form sends them; 0 for anything else."""
    return int(entered) if entered.isdecimal() and len(entered) < 10 else 0
