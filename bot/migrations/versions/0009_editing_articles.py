"""Editing articles: every edit, comments, who is editing, scheduled publication, titles for lists"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

import bot.core.db

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATUS = "status in ('draft','in_review','scheduled','published','retired')"
STATUS_BEFORE = "status in ('draft','in_review','published','retired')"


def upgrade() -> None:
    with op.batch_alter_table("article") as batch_op:
        batch_op.add_column(sa.Column("open_revision_id", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("owner", sa.String(length=80), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("told_due", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("title_zh", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("title_en", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("search_text", sa.Text(), nullable=False, server_default=""))
        batch_op.create_index(batch_op.f("ix_article_open_revision_id"), ["open_revision_id"], unique=False)
    with op.batch_alter_table("revision") as batch_op:
        batch_op.add_column(sa.Column("writers", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("publish_at", bot.core.db.UtcTime(), nullable=True))
        batch_op.add_column(sa.Column("saved_at", bot.core.db.UtcTime(), nullable=True))
        batch_op.drop_constraint(op.f("ck_revision_status"), type_="check")
        batch_op.create_check_constraint(op.f("ck_revision_status"), STATUS)
    op.create_table(
        "revision_edit",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("revision_id", sa.String(length=32), nullable=False),
        sa.Column("article_id", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("writer", sa.String(length=80), nullable=False),
        sa.Column("writer_name", sa.String(length=80), nullable=False),
        sa.Column("tab", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("begun_at", bot.core.db.UtcTime(), nullable=False),
        sa.Column("at", bot.core.db.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_revision_edit_article_id_article")),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name=op.f("fk_revision_edit_revision_id_revision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision_edit")),
        sa.UniqueConstraint("revision_id", "number", name=op.f("uq_revision_edit_revision_id")),
    )
    op.create_index(op.f("ix_revision_edit_article_id"), "revision_edit", ["article_id"], unique=False)
    op.create_table(
        "revision_comment",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("article_id", sa.String(length=80), nullable=False),
        sa.Column("revision_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("writer", sa.String(length=80), nullable=False),
        sa.Column("writer_name", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", bot.core.db.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_revision_comment_article_id_article")),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_revision_comment_revision_id_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision_comment")),
    )
    op.create_index("ix_comment_of", "revision_comment", ["article_id", "at"], unique=False)
    op.create_table(
        "article_presence",
        sa.Column("tab", sa.String(length=32), nullable=False),
        sa.Column("article_id", sa.String(length=80), nullable=False),
        sa.Column("writer", sa.String(length=80), nullable=False),
        sa.Column("writer_name", sa.String(length=80), nullable=False),
        sa.Column("seen_at", bot.core.db.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_article_presence_article_id_article")),
        sa.PrimaryKeyConstraint("tab", name=op.f("pk_article_presence")),
    )
    op.create_index(op.f("ix_article_presence_article_id"), "article_presence", ["article_id"], unique=False)
    _fill_titles()


def _fill_titles() -> None:
    """Lists show and search titles without reading whole articles."""
    connection = op.get_bind()
    live = sa.text("SELECT a.id, r.body FROM article a JOIN revision r ON r.id = a.live_revision_id")
    fill = sa.text("UPDATE article SET title_zh = :zh, title_en = :en, search_text = :words WHERE id = :id")
    for article_id, raw in connection.execute(live).all():
        body: dict[str, Any] = json.loads(raw) if isinstance(raw, str) else raw
        texts = body.get("texts", {})
        titles = {language: texts.get(language, {}).get("title", "") for language in ("zh", "en")}
        shorts = [text.get("short", "") for text in texts.values()]
        asked = [phrasing for own in body.get("phrasings", {}).values() for phrasing in own]
        words = "\n".join([article_id, *titles.values(), *shorts, *asked]).lower()
        connection.execute(fill, {"id": article_id, "words": words, **titles})


def downgrade() -> None:
    op.drop_table("article_presence")
    op.drop_table("revision_comment")
    op.drop_table("revision_edit")
    op.execute("UPDATE revision SET status = 'in_review' WHERE status = 'scheduled'")
    with op.batch_alter_table("revision") as batch_op:
        batch_op.drop_constraint(op.f("ck_revision_status"), type_="check")
        batch_op.create_check_constraint(op.f("ck_revision_status"), STATUS_BEFORE)
        batch_op.drop_column("saved_at")
        batch_op.drop_column("publish_at")
        batch_op.drop_column("writers")
    with op.batch_alter_table("article") as batch_op:
        batch_op.drop_index(batch_op.f("ix_article_open_revision_id"))
        for name in ("search_text", "title_en", "title_zh", "told_due", "owner", "open_revision_id"):
            batch_op.drop_column(name)
