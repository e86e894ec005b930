"""arrivals, guests and room names"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import bot.core.db


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('care_booking', schema=None) as batch_op:
        batch_op.add_column(sa.Column('arrived_at', bot.core.db.UtcTime(), nullable=True))
        batch_op.add_column(sa.Column('left_at', bot.core.db.UtcTime(), nullable=True))
        batch_op.add_column(sa.Column('guest', sa.JSON(none_as_null=True), nullable=True))

    with op.batch_alter_table('care_room', schema=None) as batch_op:
        batch_op.add_column(sa.Column('names', sa.JSON(none_as_null=True), nullable=True))



def downgrade() -> None:
    with op.batch_alter_table('care_room', schema=None) as batch_op:
        batch_op.drop_column('names')

    with op.batch_alter_table('care_booking', schema=None) as batch_op:
        batch_op.drop_column('guest')
        batch_op.drop_column('left_at')
        batch_op.drop_column('arrived_at')

