"""Use cases of the library. They take a Session and never commit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.ids import new_id
from bot.core.language import Language
from knowledge.content_files import CONTENT, article_folders, read_article, read_sources
from knowledge.content_rules import same_phrasing
from knowledge.model import NEVER_OVERDUE, Article, Published, Source, Status, article_from_json, article_to_json
from knowledge.store import ArticleRow, FeedbackRow, LibraryState, QuestionRow, RevisionRow, SourceRow


def import_content(session: Session, now: datetime, root: Path = CONTENT) -> int:
    """Publish the seed files that changed since the last import; returns how many. Raises ContentBroken.

    Everything is read before anything is written. An article that a person has edited, approved or retired in the
    console is left alone.
    """
    sources = read_sources(root)
    articles = [read_article(folder) for folder in article_folders(root)]
    for source in sources.values():
        session.merge(
            SourceRow(
                id=source.id,
                title=source.title,
                title_translated=source.title_translated,
                publisher=source.publisher,
                year=source.year,
                url=source.url,
            )
        )
    live = {row.article_id: row for row in _live_rows(session)}
    known = set(session.scalars(select(ArticleRow.id)))
    changed = [a for a in articles if (_seed_is_newer(live[a.id], a) if a.id in live else a.id not in known)]
    for article in changed:
        _publish_seed(session, article, now)
    if changed:
        bump_version(session)
    return len(changed)


def library_version(session: Session) -> int:
    """Grows with every change of what is live."""
    return session.scalar(select(LibraryState.version).where(LibraryState.id == 1)) or 0


def bump_version(session: Session) -> None:
    state = session.get(LibraryState, 1)
    if state is None:
        session.add(LibraryState(id=1, version=1))
    else:
        state.version += 1


def published(
    session: Session,
    *,
    approved_only: bool = False,
    today: date | None = None,
    read: MutableMapping[str, Article] | None = None,
) -> list[Published]:
    """Every article that is live, with its sources.

    With `today`, health and safety articles that nobody looked at by their review day are left out. `read`: articles
    by digest that need not be read again; what was read is put there.
    """
    read = {} if read is None else read
    sources = {
        row.id: Source(row.id, row.title, row.publisher, row.url, row.year, row.title_translated)
        for row in session.scalars(select(SourceRow))
    }
    live = session.execute(
        select(RevisionRow.id, RevisionRow.article_id, RevisionRow.approved_locally, RevisionRow.digest)
        .join(ArticleRow, ArticleRow.live_revision_id == RevisionRow.id)
        .where(RevisionRow.status == Status.PUBLISHED.value)
    ).all()
    _read_bodies(session, {row.digest: row.id for row in live if row.digest not in read}, read)
    found = []
    for row in sorted(live, key=lambda r: r.article_id):
        article = read[row.digest]
        if (approved_only and not row.approved_locally) or (today is not None and is_overdue(article, today)):
            continue
        found.append(
            Published(
                article=article,
                revision_id=row.id,
                approved_locally=row.approved_locally,
                sources=tuple(sources[s] for s in article.sources if s in sources),
            )
        )
    return found


def _read_bodies(session: Session, ids: Mapping[str, str], read: MutableMapping[str, Article]) -> None:
    """The articles of these revisions, by digest."""
    wanted = list(ids.values())
    for start in range(0, len(wanted), 500):
        part = select(RevisionRow.digest, RevisionRow.body).where(RevisionRow.id.in_(wanted[start : start + 500]))
        read.update((digest, article_from_json(body)) for digest, body in session.execute(part))


def is_overdue(article: Article, today: date) -> bool:
    """Whether it may no longer be served: what harms when it is outdated is looked at in time, or not said."""
    return article.domain in NEVER_OVERDUE and article.review_by <= today


def keep_question(
    session: Session,
    *,
    text: str,
    language: Language,
    age_months: float | None,
    why: str,
    parent_id: str | None,
    candidates: Sequence[tuple[str, float]],
    now: datetime,
    article_id: str | None = None,
) -> str:
    """Store a question for the health workers; returns its id.

    The same words of the same parent, while nobody has settled them, stay one question with the latest reason.
    """
    same = select(QuestionRow).where(
        QuestionRow.parent_id == parent_id, QuestionRow.state == "open", QuestionRow.text == text[:2000]
    )
    again = session.scalars(same.limit(1)).first() if parent_id is not None else None
    if again is not None:
        again.why, again.asked_at = why, now
        return again.id
    row = QuestionRow(
        id=new_id(),
        text=text[:2000],
        language=language.value,
        age_months=age_months,
        why=why,
        parent_id=parent_id,
        candidates=[[a, round(s, 3)] for a, s in candidates[:5]],
        article_id=article_id,
        asked_at=now,
    )
    session.add(row)
    return row.id


def record_feedback(session: Session, *, parent_id: str, revision_id: str, helped: bool, now: datetime) -> None:
    """Count one family's word on a revision; pressing again replaces it. Unknown revisions are ignored."""
    revision = session.get(RevisionRow, revision_id)
    if revision is None:
        return
    row = session.scalar(
        select(FeedbackRow).where(FeedbackRow.parent_id == parent_id, FeedbackRow.revision_id == revision_id)
    )
    if row is None:
        row = FeedbackRow(id=new_id(), parent_id=parent_id, revision_id=revision_id, article_id=revision.article_id)
        session.add(row)
    row.helped, row.at = helped, now


def _live_rows(session: Session) -> Iterable[RevisionRow]:
    return session.scalars(
        select(RevisionRow)
        .join(ArticleRow, ArticleRow.live_revision_id == RevisionRow.id)
        .where(RevisionRow.status == Status.PUBLISHED.value)
    )


def describe(row: ArticleRow, article: Article) -> None:
    """What lists show and search, so that they need not read whole articles."""
    texts = article.texts
    row.title_zh = texts[Language.ZH].title if Language.ZH in texts else ""
    row.title_en = texts[Language.EN].title if Language.EN in texts else ""
    words = [article.id, row.title_zh, row.title_en, *(text.short for text in texts.values())]
    words += [phrasing for own in article.phrasings.values() for phrasing in own]
    row.search_text = "\n".join(same_phrasing(line) for line in words)


def digest(article: Article) -> str:
    body = json.dumps(article_to_json(article), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(body.encode()).hexdigest()


def _seed_is_newer(live: RevisionRow, article: Article) -> bool:
    return live.origin == "seed" and not live.approved_locally and live.digest != digest(article)


def _publish_seed(session: Session, article: Article, now: datetime) -> None:
    row = session.get(ArticleRow, article.id)
    if row is None:
        row = ArticleRow(id=article.id, domain=article.domain.value, created_at=now)
        session.add(row)
        session.flush()
    last = session.scalars(
        select(RevisionRow).where(RevisionRow.article_id == article.id).order_by(RevisionRow.number.desc()).limit(1)
    ).first()
    if row.live_revision_id:
        old = session.get(RevisionRow, row.live_revision_id)
        if old is not None:
            old.status = Status.RETIRED.value
    revision = RevisionRow(
        id=new_id(),
        article_id=article.id,
        number=(last.number if last else 0) + 1,
        status=Status.PUBLISHED.value,
        body=article_to_json(article),
        digest=digest(article),
        origin="seed",
        review_by=article.review_by,
        created_at=now,
        published_at=now,
    )
    session.add(revision)
    row.domain = article.domain.value
    row.live_revision_id = revision.id
    row.version = (row.version or 0) + 1
    describe(row, article)
