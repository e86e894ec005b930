"""The library in memory: what is live now, and a finder over it. Rebuilt when the version in the database grows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from knowledge import service
from knowledge.model import Published
from knowledge.search import Embed, Finder, Question, Ranking, Vectors, read_elsewhere


class Library:
    """Thread-safe: readers always see one whole state."""

    def __init__(self, embed: Embed, *, embed_many: Embed | None = None, approved_only: bool = False) -> None:
        """`embed` is for a parent's message, `embed_many` (kept on disk) for the phrasings of the index."""
        self._embed = embed
        self._embed_many = embed_many or embed
        self._approved_only = approved_only
        self._version = -1
        self._shelf: dict[str, Published] = {}
        self._elsewhere = read_elsewhere()
        self._finder = Finder([], self._embed, self._embed_many)
        self._rebuilding = threading.Lock()

    def refresh(self, session: Session, *, progress: Callable[[str], None] | None = None) -> bool:
        """Load what is live if it changed since the last look; whether it did.

        One thread rebuilds (0.2 s, and 20 ms for each new phrasing); the others go on with what was live before.
        """
        version = service.library_version(session)
        if version == self._version or not self._rebuilding.acquire(blocking=self._version < 0):
            return False
        try:
            if version == self._version:
                return False
            shelf = service.published(session, approved_only=self._approved_only)
            if progress:
                progress(f"{len(shelf)} articles")
            finder = Finder(shelf, self._embed, self._embed_many, elsewhere=self._elsewhere, before=self._finder)
            self._shelf = {p.article.id: p for p in shelf}
            self._finder = finder
            self._version = version
        finally:
            self._rebuilding.release()
        return True

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Texts to vectors, with the model of the index."""
        return self._embed(texts)

    def article(self, article_id: str) -> Published | None:
        return self._shelf.get(article_id)

    def articles(self) -> list[Published]:
        return list(self._shelf.values())

    @property
    def finder(self) -> Finder:
        """The index of this moment; it never changes, a new state of the shelf gets a new one."""
        return self._finder

    def find(self, question: Question) -> Ranking:
        return self._finder.search(question)

    def also_asked(self, question: Question, answered: Ranking) -> tuple[str, ...]:
        """Articles for the other questions of a message whose first one is answered by the best of `answered`."""
        found = self._finder.also_asked(question, answered.candidates[0].article) if answered.candidates else ()
        return tuple(candidate.article for candidate in found)
