"""families who say they come"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import bot.core.db

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('care_booking', schema=None) as batch_op:
        batch_op.add_column(sa.Column('coming_at', bot.core.db.UtcTime(), nullable=True))



def downgrade() -> None:
    with op.batch_alter_table('care_booking', schema=None) as batch_op:
        batch_op.drop_column('coming_at')

