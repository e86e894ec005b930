"""the pace of sending: rests of chats, doubtful attempts, messages in pieces"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import bot.core.db

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('pace',
    sa.Column('channel', sa.String(length=12), nullable=False),
    sa.Column('address', sa.String(length=80), nullable=False),
    sa.Column('free_at', bot.core.db.UtcTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('channel', 'address', name=op.f('pk_pace'))
    )
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.add_column(sa.Column('attempted_at', bot.core.db.UtcTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('doubts', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('pieces', sa.Integer(), nullable=False, server_default='0'))
        batch_op.drop_index('ix_outbox_due')
        batch_op.drop_index('ix_outbox_address')
        batch_op.create_index('ix_outbox_next', ['channel', 'state', 'priority', 'id'], unique=False)
        batch_op.create_index('ix_outbox_chat', ['channel', 'address', 'state', 'id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index('ix_outbox_chat')
        batch_op.drop_index('ix_outbox_next')
        batch_op.create_index('ix_outbox_address', ['channel', 'address', 'id'], unique=False)
        batch_op.create_index('ix_outbox_due', ['state', 'priority', 'due_at'], unique=False)
        batch_op.drop_column('pieces')
        batch_op.drop_column('doubts')
        batch_op.drop_column('attempted_at')
    op.drop_table('pace')
