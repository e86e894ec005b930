"""browsers that are told"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import bot.core.db

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('push_subscription',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('parent_id', sa.String(length=32), nullable=False),
    sa.Column('endpoint', sa.String(length=1000), nullable=False),
    sa.Column('p256dh', sa.String(length=90), nullable=False),
    sa.Column('auth', sa.String(length=30), nullable=False),
    sa.Column('knocked_up_to', sa.Integer(), nullable=False),
    sa.Column('created_at', bot.core.db.UtcTime(), nullable=False),
    sa.ForeignKeyConstraint(
        ['parent_id'], ['parent.id'], name=op.f('fk_push_subscription_parent_id_parent'), ondelete='CASCADE'
    ),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_push_subscription')),
    sa.UniqueConstraint('endpoint', name=op.f('uq_push_subscription_endpoint'))
    )
    with op.batch_alter_table('push_subscription', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_push_subscription_parent_id'), ['parent_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('push_subscription', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_push_subscription_parent_id'))

    op.drop_table('push_subscription')
