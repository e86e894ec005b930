"""reminders, what parents chose about them, and their own"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import bot.core.db


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('own_reminder',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('parent_id', sa.String(length=32), nullable=False),
    sa.Column('words', sa.String(length=300), nullable=False),
    sa.Column('starts_at', bot.core.db.UtcTime(), nullable=False),
    sa.Column('rule', sa.String(length=200), nullable=False),
    sa.Column('zone', sa.String(length=40), nullable=False),
    sa.Column('planned_until', bot.core.db.UtcTime(), nullable=True),
    sa.Column('created_at', bot.core.db.UtcTime(), nullable=False),
    sa.Column('ended_at', bot.core.db.UtcTime(), nullable=True),
    sa.ForeignKeyConstraint(['parent_id'], ['parent.id'], name=op.f('fk_own_reminder_parent_id_parent'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_own_reminder'))
    )
    with op.batch_alter_table('own_reminder', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_own_reminder_parent_id'), ['parent_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_own_reminder_planned_until'), ['planned_until'], unique=False)

    op.create_table('reminder',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('key', sa.String(length=160), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('parent_id', sa.String(length=32), nullable=True),
    sa.Column('child_id', sa.String(length=32), nullable=True),
    sa.Column('about', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('why', sa.String(length=40), nullable=False),
    sa.Column('due_at', bot.core.db.UtcTime(), nullable=False),
    sa.Column('expires_at', bot.core.db.UtcTime(), nullable=False),
    sa.Column('leased_until', bot.core.db.UtcTime(), nullable=True),
    sa.Column('letters', sa.Integer(), nullable=False),
    sa.Column('letter_id', sa.Integer(), nullable=True),
    sa.Column('created_at', bot.core.db.UtcTime(), nullable=False),
    sa.Column('settled_at', bot.core.db.UtcTime(), nullable=True),
    sa.CheckConstraint("state in ('pending','claimed','handed','suspended','sent','ambiguous','failed','expired','cancelled')", name=op.f('ck_reminder_state')),
    sa.CheckConstraint('due_at < expires_at', name=op.f('ck_reminder_due_before_the_end')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_reminder_child_id_child'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['parent_id'], ['parent.id'], name=op.f('fk_reminder_parent_id_parent'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reminder')),
    sa.UniqueConstraint('key', name=op.f('uq_reminder_key')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('reminder', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reminder_about'), ['about'], unique=False)
        batch_op.create_index(batch_op.f('ix_reminder_child_id'), ['child_id'], unique=False)
        batch_op.create_index('ix_reminder_due', ['rank', 'due_at'], unique=False, sqlite_where=sa.text("state = 'pending'"), postgresql_where=sa.text("state = 'pending'"))
        batch_op.create_index('ix_reminder_ends', ['expires_at'], unique=False, sqlite_where=sa.text("state in ('pending','claimed','suspended')"), postgresql_where=sa.text("state in ('pending','claimed','suspended')"))
        batch_op.create_index('ix_reminder_handed', ['letter_id'], unique=False, sqlite_where=sa.text("state = 'handed'"), postgresql_where=sa.text("state = 'handed'"))
        batch_op.create_index('ix_reminder_lease', ['leased_until'], unique=False, sqlite_where=sa.text("state = 'claimed'"), postgresql_where=sa.text("state = 'claimed'"))
        batch_op.create_index(batch_op.f('ix_reminder_parent_id'), ['parent_id'], unique=False)

    op.create_table('reminder_choice',
    sa.Column('parent_id', sa.String(length=32), nullable=False),
    sa.Column('off', sa.JSON(), nullable=False),
    sa.Column('tips_a_week', sa.Integer(), nullable=False),
    sa.Column('quiet_from', sa.Integer(), nullable=True),
    sa.Column('quiet_until', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['parent_id'], ['parent.id'], name=op.f('fk_reminder_choice_parent_id_parent'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('parent_id', name=op.f('pk_reminder_choice'))
    )


def downgrade() -> None:
    op.drop_table('reminder_choice')
    op.drop_table('reminder')
    op.drop_table('own_reminder')
