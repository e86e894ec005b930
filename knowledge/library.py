"""The library in memory: what is live now, and a finder over it.

Rebuilt when the version in the database grows, and on the day on which an article may no longer be served.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from copy import copy
from datetime import date

from sqlalchemy.orm import Session

from knowledge import service
from knowledge.model import NEVER_OVERDUE, Article, Published
from knowledge.search import Embed, Finder, Question, Ranking, Vectors, read_elsewhere


class Library:
    """Thread-safe: readers always see one whole state."""

    def __init__(self, embed: Embed, *, embed_many: Embed | None = None, approved_only: bool = False) -> None:
        """`embed` is for a parent's message, `embed_many` (kept on disk) for the phrasings of the index."""
        self._embed = embed
        self._embed_many = embed_many or embed
        self._approved_only = approved_only
        self._version = -1
        self._today: date | None = None
        self._next_leaves = date.max  # the first review day of what is served and may not be overdue
        self._pinned = False  # for a trial: stays as it is
        self._read: dict[str, Article] = {}  # by digest: only what changed is read again
        self._shelf: dict[str, Published] = {}
        self._elsewhere = read_elsewhere()
        self._finder = Finder([], self._embed, self._embed_many)
        self._rebuilding = threading.Lock()

    def refresh(
        self, session: Session, *, today: date | None = None, progress: Callable[[str], None] | None = None
    ) -> bool:
        """Load what is live if it changed since the last look; whether it did.

        `today` is the local day; without it that of the last look holds. One thread rebuilds (0.2 s, and 20 ms for
        each new phrasing); the others go on with what was live before.
        """
        if self._pinned:
            return False
        version = service.library_version(session)
        if self._is_current(version, today) or not self._rebuilding.acquire(blocking=self._version < 0):
            return False
        try:
            if self._is_current(version, today):
                return False
            self._today = max(self._today or date.min, today) if today else self._today
            shelf = service.published(session, approved_only=self._approved_only, today=self._today, read=self._read)
            if len(self._read) > 2 * len(shelf) + 100:
                self._read.clear()  # mostly of revisions that are no longer live
            if progress:
                progress(f"{len(shelf)} articles")
            finder = Finder(shelf, self._embed, self._embed_many, elsewhere=self._elsewhere, before=self._finder)
            days = (p.article.review_by for p in shelf if p.article.domain in NEVER_OVERDUE)
            self._next_leaves = min(days, default=date.max)
            self._shelf = {p.article.id: p for p in shelf}
            self._finder = finder
            self._version = version
        finally:
            self._rebuilding.release()
        return True

    def _is_current(self, version: int, today: date | None) -> bool:
        return version == self._version and (today is None or today < self._next_leaves)

    def standing(self) -> Library:
        """As it is now, whatever becomes live later."""
        kept = copy(self)
        kept._pinned, kept._rebuilding, kept._read = True, threading.Lock(), {}
        return kept

    def with_draft(self, draft: Published) -> Library:
        """What the library would be with this article published as well, or instead of its live revision."""
        trial = self.standing()
        trial._shelf = {**self._shelf, draft.article.id: draft}
        shelf = list(trial._shelf.values())
        trial._finder = Finder(shelf, self._embed, self._embed_many, elsewhere=self._elsewhere, before=self._finder)
        return trial

    def embed_kept(self, texts: Sequence[str]) -> Vectors:
        """As `embed`, for phrasings: their vectors are kept on disk."""
        return self._embed_many(texts)

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

    def by_parts(self, question: Question) -> tuple[Ranking, tuple[str, ...]] | None:
        """The answer to one of the questions of a message that is unclear as a whole, and what the others ask for."""
        return self._finder.by_parts(question)
