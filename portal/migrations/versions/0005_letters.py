"""Letters to offices and what comes back"""

import sqlalchemy as sa
from alembic import op

revision = "letters_1"
down_revision = "review_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('reply_mailbox',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid_validity', sa.BigInteger(), nullable=False),
    sa.Column('last_uid', sa.BigInteger(), nullable=False),
    sa.Column('tried_at', sa.DateTime(), nullable=True),
    sa.Column('failing_since', sa.DateTime(), nullable=True),
    sa.Column('error', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reply_mailbox'))
    )
    op.create_table('letter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('idea_id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('follows_id', sa.Integer(), nullable=True),
    sa.Column('template', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('enclosures', sa.JSON(), nullable=False),
    sa.Column('initiator_agreed_at', sa.DateTime(), nullable=True),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('handover_note', sa.Text(), nullable=False),
    sa.Column('reply_token', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.Column('sent_at', sa.DateTime(), nullable=True),
    sa.Column('channel', sa.String(), nullable=True),
    sa.Column('to_address', sa.String(), nullable=True),
    sa.Column('message_id', sa.String(), nullable=True),
    sa.Column('mail_id', sa.Integer(), nullable=True),
    sa.Column('bounced_at', sa.DateTime(), nullable=True),
    sa.Column('answered_at', sa.DateTime(), nullable=True),
    sa.Column('refused_at', sa.DateTime(), nullable=True),
    sa.Column('reminded_at', sa.DateTime(), nullable=True),
    sa.Column('closed_at', sa.DateTime(), nullable=True),
    sa.CheckConstraint("channel <> 'mail' OR to_address IS NOT NULL", name=op.f('ck_letter_mailed_somewhere')),
    sa.CheckConstraint("channel IN ('mail', 'post')", name=op.f('ck_letter_known_channel')),
    sa.CheckConstraint('(sent_at IS NULL) = (channel IS NULL)', name=op.f('ck_letter_sent_somehow')),
    sa.CheckConstraint('refused_at IS NULL OR answered_at IS NOT NULL', name=op.f('ck_letter_a_no_is_an_answer')),
    sa.CheckConstraint('sent_at IS NOT NULL OR (bounced_at IS NULL AND answered_at IS NULL AND refused_at IS NULL AND closed_at IS NULL)', name=op.f('ck_letter_only_what_was_sent_comes_back')),
    sa.ForeignKeyConstraint(['follows_id'], ['letter.id'], name=op.f('fk_letter_follows_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['idea_id'], ['idea.id'], name=op.f('fk_letter_idea_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['mail_id'], ['outbox_mail.id'], name=op.f('fk_letter_mail_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_letter_office_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['user_account.id'], name=op.f('fk_letter_owner_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter')),
    sa.UniqueConstraint('reply_token', name=op.f('uq_letter_reply_token'))
    )
    with op.batch_alter_table('letter', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_letter_follows_id'), ['follows_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_letter_idea_id'), ['idea_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_letter_mail_id'), ['mail_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_letter_message_id'), ['message_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_letter_office_id'), ['office_id'], unique=False)
        batch_op.create_index('ix_letter_open', ['closed_at', 'sent_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_letter_owner_id'), ['owner_id'], unique=False)

    op.create_table('letter_reply',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('letter_id', sa.Integer(), nullable=True),
    sa.Column('message_key', sa.String(), nullable=True),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('sender', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('attachments', sa.JSON(), nullable=False),
    sa.Column('received_at', sa.DateTime(), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("kind IN ('answer', 'auto', 'bounce')", name=op.f('ck_letter_reply_known_kind')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_letter_reply_created_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['letter_id'], ['letter.id'], name=op.f('fk_letter_reply_letter_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter_reply')),
    sa.UniqueConstraint('message_key', 'letter_id', name='taken_in_once')
    )
    with op.batch_alter_table('letter_reply', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_letter_reply_letter_id'), ['letter_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_letter_reply_message_key'), ['message_key'], unique=False)

    with op.batch_alter_table('office', schema=None) as batch_op:
        batch_op.add_column(sa.Column('mailbox', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('mailbox_bounced_at', sa.DateTime(), nullable=True))

    with op.batch_alter_table('outbox_mail', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reply_to', sa.String(), nullable=True))



def downgrade() -> None:
    with op.batch_alter_table('outbox_mail', schema=None) as batch_op:
        batch_op.drop_column('reply_to')

    with op.batch_alter_table('office', schema=None) as batch_op:
        batch_op.drop_column('mailbox_bounced_at')
        batch_op.drop_column('mailbox')

    with op.batch_alter_table('letter_reply', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_letter_reply_message_key'))
        batch_op.drop_index(batch_op.f('ix_letter_reply_letter_id'))

    op.drop_table('letter_reply')
    with op.batch_alter_table('letter', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_letter_owner_id'))
        batch_op.drop_index('ix_letter_open')
        batch_op.drop_index(batch_op.f('ix_letter_office_id'))
        batch_op.drop_index(batch_op.f('ix_letter_message_id'))
        batch_op.drop_index(batch_op.f('ix_letter_mail_id'))
        batch_op.drop_index(batch_op.f('ix_letter_idea_id'))
        batch_op.drop_index(batch_op.f('ix_letter_follows_id'))

    op.drop_table('letter')
    op.drop_table('reply_mailbox')
