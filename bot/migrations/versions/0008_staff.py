"""staff, what they say and when they are there"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import bot.core.db

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

# Rows of the audit log are only added: the database itself refuses to change or delete one.
_ONLY_ADDED = {
    'sqlite': [
        f"CREATE TRIGGER audit_{verb.lower()} BEFORE {verb} ON audit "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END"
        for verb in ('UPDATE', 'DELETE')
    ],
    'postgresql': [
        "CREATE FUNCTION audit_only_added() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit log is only added to'; END $$",
        "CREATE TRIGGER audit_only_added BEFORE UPDATE OR DELETE ON audit "
        "FOR EACH ROW EXECUTE FUNCTION audit_only_added()",
        "CREATE TRIGGER audit_not_emptied BEFORE TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_only_added()",
    ],
}
_AGAIN_EDITABLE = {
    'sqlite': ['DROP TRIGGER audit_update', 'DROP TRIGGER audit_delete'],
    'postgresql': [
        'DROP TRIGGER audit_only_added ON audit', 'DROP TRIGGER audit_not_emptied ON audit',
        'DROP FUNCTION audit_only_added()',
    ],
}

def upgrade() -> None:
    op.create_table('canned_words',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('staff_id', sa.String(length=32), nullable=True),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('title', sa.String(length=60), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_canned_words'))
    )
    with op.batch_alter_table('canned_words', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_canned_words_staff_id'), ['staff_id'], unique=False)

    op.create_table('staff',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('login', sa.String(length=120), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=False),
    sa.Column('roles', sa.JSON(), nullable=False),
    sa.Column('centres', sa.JSON(), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('email', sa.String(length=120), nullable=False),
    sa.Column('telegram_chat', sa.String(length=80), nullable=False),
    sa.Column('totp_secret', sa.String(length=64), nullable=False),
    sa.Column('totp_since', bot.core.db.UtcTime(timezone=True), nullable=True),
    sa.Column('totp_step', sa.Integer(), nullable=False),
    sa.Column('recovery', sa.JSON(), nullable=False),
    sa.Column('epoch', sa.Integer(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('demo', sa.Boolean(), nullable=False),
    sa.Column('created_at', bot.core.db.UtcTime(timezone=True), nullable=False),
    sa.Column('signed_in_at', bot.core.db.UtcTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff')),
    sa.UniqueConstraint('login', name=op.f('uq_staff_login'))
    )
    op.create_table('team_hours',
    sa.Column('weekday', sa.Integer(), nullable=False),
    sa.Column('opens', sa.String(length=5), nullable=False),
    sa.Column('closes', sa.String(length=5), nullable=False),
    sa.PrimaryKeyConstraint('weekday', name=op.f('pk_team_hours'))
    )
    op.create_table('team_promise',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('within_minutes', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_team_promise'))
    )
    op.create_table('staff_invitation',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('roles', sa.JSON(), nullable=False),
    sa.Column('centres', sa.JSON(), nullable=False),
    sa.Column('note', sa.String(length=60), nullable=False),
    sa.Column('staff_id', sa.String(length=32), nullable=True),
    sa.Column('invited_by', sa.String(length=80), nullable=False),
    sa.Column('created_at', bot.core.db.UtcTime(timezone=True), nullable=False),
    sa.Column('expires_at', bot.core.db.UtcTime(timezone=True), nullable=False),
    sa.Column('used_at', bot.core.db.UtcTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_invitation_staff_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_invitation')),
    sa.UniqueConstraint('digest', name=op.f('uq_staff_invitation_digest'))
    )
    op.create_table('staff_sign_in',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('staff_id', sa.String(length=32), nullable=False),
    sa.Column('epoch', sa.Integer(), nullable=False),
    sa.Column('device', sa.String(length=60), nullable=False),
    sa.Column('passed_second', sa.Boolean(), nullable=False),
    sa.Column('started_at', bot.core.db.UtcTime(timezone=True), nullable=False),
    sa.Column('seen_at', bot.core.db.UtcTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_sign_in_staff_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_sign_in'))
    )
    with op.batch_alter_table('staff_sign_in', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_staff_sign_in_staff_id'), ['staff_id'], unique=False)

    with op.batch_alter_table('hand_off', schema=None) as batch_op:
        batch_op.add_column(sa.Column('claimed_by_id', sa.String(length=32), server_default='', nullable=False))

    with op.batch_alter_table('hand_off_line', schema=None) as batch_op:
        batch_op.add_column(sa.Column('kind', sa.String(length=8), server_default='said', nullable=False))

    for statement in _ONLY_ADDED[op.get_bind().dialect.name]:
        op.execute(statement)

def downgrade() -> None:
    for statement in _AGAIN_EDITABLE[op.get_bind().dialect.name]:
        op.execute(statement)

    with op.batch_alter_table('hand_off_line', schema=None) as batch_op:
        batch_op.drop_column('kind')

    with op.batch_alter_table('hand_off', schema=None) as batch_op:
        batch_op.drop_column('claimed_by_id')

    with op.batch_alter_table('staff_sign_in', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_staff_sign_in_staff_id'))

    op.drop_table('staff_sign_in')
    op.drop_table('staff_invitation')
    op.drop_table('team_promise')
    op.drop_table('team_hours')
    op.drop_table('staff')
    with op.batch_alter_table('canned_words', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_canned_words_staff_id'))

    op.drop_table('canned_words')
