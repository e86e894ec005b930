"""child health plan and tips"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import bot.core.db


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('plan_edition',
    sa.Column('child_id', sa.String(length=32), nullable=False),
    sa.Column('edition', sa.String(length=12), nullable=False),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_plan_edition_child_id_child'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('child_id', name=op.f('pk_plan_edition'))
    )
    with op.batch_alter_table('plan_edition', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_plan_edition_edition'), ['edition'], unique=False)

    op.create_table('plan_feed',
    sa.Column('secret', sa.String(length=43), nullable=False),
    sa.Column('parent_id', sa.String(length=32), nullable=False),
    sa.Column('child_id', sa.String(length=32), nullable=False),
    sa.Column('named', sa.Boolean(), nullable=False),
    sa.Column('created_at', bot.core.db.UtcTime(), nullable=False),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_plan_feed_child_id_child'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['parent_id'], ['parent.id'], name=op.f('fk_plan_feed_parent_id_parent'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('secret', name=op.f('pk_plan_feed'))
    )
    with op.batch_alter_table('plan_feed', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_plan_feed_child_id'), ['child_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_plan_feed_parent_id'), ['parent_id'], unique=False)

    op.create_table('plan_mark',
    sa.Column('child_id', sa.String(length=32), nullable=False),
    sa.Column('item', sa.String(length=18), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('day', sa.Date(), nullable=True),
    sa.Column('marked_at', bot.core.db.UtcTime(), nullable=False),
    sa.CheckConstraint("state in ('done','later','unwanted')", name=op.f('ck_plan_mark_state')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_plan_mark_child_id_child'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('child_id', 'item', name=op.f('pk_plan_mark'))
    )
    op.create_table('tip_taste',
    sa.Column('parent_id', sa.String(length=32), nullable=False),
    sa.Column('domain', sa.String(length=20), nullable=False),
    sa.Column('likes', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['parent_id'], ['parent.id'], name=op.f('fk_tip_taste_parent_id_parent'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('parent_id', 'domain', name=op.f('pk_tip_taste'))
    )
    op.create_table('tip_told',
    sa.Column('child_id', sa.String(length=32), nullable=False),
    sa.Column('article', sa.String(length=80), nullable=False),
    sa.Column('domain', sa.String(length=20), nullable=False),
    sa.Column('told_at', bot.core.db.UtcTime(), nullable=False),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_tip_told_child_id_child'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('child_id', 'article', name=op.f('pk_tip_told'))
    )


def downgrade() -> None:
    op.drop_table('tip_told')
    op.drop_table('tip_taste')
    op.drop_table('plan_mark')
    with op.batch_alter_table('plan_feed', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_plan_feed_parent_id'))
        batch_op.drop_index(batch_op.f('ix_plan_feed_child_id'))

    op.drop_table('plan_feed')
    with op.batch_alter_table('plan_edition', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_plan_edition_edition'))

    op.drop_table('plan_edition')
