"""questions by meaning danger rules counting unsure messages"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import bot.core.db


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('danger_rule_approval',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('rule_id', sa.String(length=60), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('staff_id', sa.String(length=32), nullable=False),
    sa.Column('staff_name', sa.String(length=60), nullable=False),
    sa.Column('at', bot.core.db.UtcTime(timezone=True), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_danger_rule_approval'))
    )
    with op.batch_alter_table('danger_rule_approval', schema=None) as batch_op:
        batch_op.create_index('ix_danger_rule_approval', ['rule_id', 'digest'], unique=False)

    op.create_table('danger_rule_change',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('rule_id', sa.String(length=60), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('examples', sa.JSON(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('based_on', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('writers', sa.JSON(), nullable=False),
    sa.Column('writer_names', sa.JSON(), nullable=False),
    sa.Column('changed_at', bot.core.db.UtcTime(timezone=True), nullable=False),
    sa.Column('trial', sa.JSON(), nullable=False),
    sa.Column('trial_digest', sa.String(length=64), nullable=False),
    sa.Column('approved_by', sa.String(length=32), nullable=False),
    sa.Column('approved_name', sa.String(length=60), nullable=False),
    sa.Column('published_at', bot.core.db.UtcTime(timezone=True), nullable=True),
    sa.CheckConstraint("state in ('draft','published','replaced','withdrawn')", name=op.f('ck_danger_rule_change_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_danger_rule_change'))
    )
    with op.batch_alter_table('danger_rule_change', schema=None) as batch_op:
        batch_op.create_index('ix_danger_rule_change', ['state', 'rule_id'], unique=False)

    op.create_table('danger_rules_state',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_danger_rules_state'))
    )
    op.create_table('happening',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('hour', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('outcome', sa.String(length=20), nullable=False),
    sa.Column('about', sa.String(length=20), nullable=False),
    sa.Column('ages', sa.String(length=8), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('place', sa.String(length=60), nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_happening'))
    )
    with op.batch_alter_table('happening', schema=None) as batch_op:
        batch_op.create_index('ix_happening_day', ['day', 'kind'], unique=False)

    op.create_table('question_group',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('vector', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_question_group'))
    )
    op.create_table('training',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('started_at', bot.core.db.UtcTime(timezone=True), nullable=False),
    sa.Column('started_by', sa.String(length=80), nullable=False),
    sa.Column('ended_at', bot.core.db.UtcTime(timezone=True), nullable=True),
    sa.Column('own_examples', sa.Integer(), nullable=False),
    sa.Column('mark', sa.String(length=20), nullable=False),
    sa.Column('report', sa.JSON(), nullable=False),
    sa.Column('fault', sa.Text(), nullable=False),
    sa.CheckConstraint("state in ('running','trained','serving','replaced','failed','dropped')", name=op.f('ck_training_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training'))
    )
    with op.batch_alter_table('training', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_training_state'), ['state'], unique=False)

    op.create_table('unsure_message',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('parent_id', sa.String(length=32), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('intent', sa.String(length=30), nullable=False),
    sa.Column('confidence', sa.Float(), nullable=False),
    sa.Column('ranking', sa.JSON(), nullable=False),
    sa.Column('asked_at', bot.core.db.UtcTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('corrected', sa.String(length=30), nullable=False),
    sa.Column('corrected_by', sa.String(length=80), nullable=False),
    sa.Column('corrected_at', bot.core.db.UtcTime(timezone=True), nullable=True),
    sa.CheckConstraint("state in ('open','corrected','dismissed')", name=op.f('ck_unsure_message_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unsure_message'))
    )
    with op.batch_alter_table('unsure_message', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_unsure_message_parent_id'), ['parent_id'], unique=False)
        batch_op.create_index('ix_unsure_state', ['state', 'asked_at'], unique=False)

    with op.batch_alter_table('question', schema=None) as batch_op:
        batch_op.add_column(sa.Column('group_id', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('settled_by', sa.String(length=80), server_default='', nullable=False))
        batch_op.add_column(sa.Column('settled_at', bot.core.db.UtcTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('reason', sa.String(length=200), server_default='', nullable=False))
        batch_op.create_index('ix_question_group', ['state', 'group_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('question', schema=None) as batch_op:
        batch_op.drop_index('ix_question_group')
        batch_op.drop_column('reason')
        batch_op.drop_column('settled_at')
        batch_op.drop_column('settled_by')
        batch_op.drop_column('group_id')

    with op.batch_alter_table('unsure_message', schema=None) as batch_op:
        batch_op.drop_index('ix_unsure_state')
        batch_op.drop_index(batch_op.f('ix_unsure_message_parent_id'))

    op.drop_table('unsure_message')
    with op.batch_alter_table('training', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_training_state'))

    op.drop_table('training')
    op.drop_table('question_group')
    with op.batch_alter_table('happening', schema=None) as batch_op:
        batch_op.drop_index('ix_happening_day')

    op.drop_table('happening')
    op.drop_table('danger_rules_state')
    with op.batch_alter_table('danger_rule_change', schema=None) as batch_op:
        batch_op.drop_index('ix_danger_rule_change')

    op.drop_table('danger_rule_change')
    with op.batch_alter_table('danger_rule_approval', schema=None) as batch_op:
        batch_op.drop_index('ix_danger_rule_approval')

    op.drop_table('danger_rule_approval')
