"""codes with which another adult joins a family"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import bot.core.db


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('invitation',
        sa.Column('code', sa.String(length=10), nullable=False),
        sa.Column('family_id', sa.String(length=32), nullable=False),
        sa.Column('parent_id', sa.String(length=32), nullable=False),
        sa.Column('expires_at', bot.core.db.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(['family_id'], ['family.id'], name=op.f('fk_invitation_family_id_family')),
        sa.ForeignKeyConstraint(['parent_id'], ['parent.id'], name=op.f('fk_invitation_parent_id_parent')),
        sa.PrimaryKeyConstraint('code', name=op.f('pk_invitation')),
    )
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_invitation_family_id'), ['family_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_invitation_family_id'))

    op.drop_table('invitation')
