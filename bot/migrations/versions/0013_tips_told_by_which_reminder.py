"""tips told by which reminder"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('tip_told', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reminder_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_tip_told_reminder_id'), ['reminder_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('tip_told', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_tip_told_reminder_id'))
        batch_op.drop_column('reminder_id')

