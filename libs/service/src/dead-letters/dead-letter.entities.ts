import { Check, Column, Entity, Index, PrimaryColumn } from '@jangteo/database';

/** What people have said of the dead letters of one type and reason, those to come as well. */
@Entity('dead_letter_groups')
export class DeadLetterGroupEntity {
  @PrimaryColumn('text') type!: string;
  @PrimaryColumn('text') reason!: string;
  @Column('text', { nullable: true }) note!: string | null;
  @Column('boolean') isMuted!: boolean;
  @Column('uuid') changedBy!: string;
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' }) changedAt!: Date;
}

@Entity('dead_letters')
@Index('dead_letters_by_time', ['parkedAt', 'deadLetterId'])
@Index('dead_letters_waiting', ['parkedAt', 'deadLetterId'], { where: `state = 'WAITING'` })
@Index('dead_letters_alike', ['queue', 'type', 'reason', 'isSendable', 'parkedAt', 'deadLetterId'], {
  where: `state = 'WAITING'`,
})
@Index('dead_letters_caught', ['parkedAt', 'deadLetterId'], {
  where: `state = 'WAITING' AND reason = 'given-up-together' AND earlier_id IS NULL AND (is_sendable AND queue NOT LIKE '%.requests')`,
})
@Index('dead_letters_of_order', ['correlationId'], { where: 'length(correlation_id) = 36' })
@Index('dead_letters_of_operation', ['operationId'], { where: 'operation_id IS NOT NULL' })
@Index('dead_letters_that_came_back', ['earlierId'], { where: 'earlier_id IS NOT NULL' })
@Index('dead_letters_of_message', ['messageId'], { where: 'length(message_id) <= 64' })
@Index('dead_letters_of_request', ['requestId'], { where: 'request_id IS NOT NULL' })
@Index('dead_letters_of_trace', ['traceId'], { where: 'trace_id IS NOT NULL' })
@Index('dead_letters_settled', ['settledAt'], { where: `state <> 'WAITING'` })
@Check('dead_letters_state_check', `state IN ('WAITING', 'SENT_AGAIN', 'DROPPED')`)
@Check('dead_letters_check', `(state = 'WAITING') = (settled_at IS NULL)`)
@Check('dead_letters_check1', `(state = 'WAITING') = (settled_by IS NULL)`)
@Check('dead_letters_check2', `(state = 'DROPPED') = (settled_reason IS NOT NULL)`)
export class DeadLetterEntity {
  @PrimaryColumn('uuid') deadLetterId!: string;
  @Column('text') queue!: string;
  @Column('text') type!: string;
  @Column('text', { nullable: true }) messageId!: string | null;
  @Column('text', { nullable: true }) correlationId!: string | null;
  @Column('bytea') body!: Buffer;
  @Column('json') properties!: string;
  @Column('text') reason!: string;
  @Column('text') detail!: string;
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' }) parkedAt!: Date;
  @Column('uuid', { nullable: true }) earlierId!: string | null;
  @Column('boolean') isSendable!: boolean;
  @Column('text', { default: 'WAITING' }) state!: string;
  @Column({ type: 'timestamptz', precision: 3, nullable: true }) settledAt!: Date | null;
  @Column('text', { nullable: true }) settledBy!: string | null;
  @Column('text', { nullable: true }) settledReason!: string | null;
  @Column('text', { nullable: true }) requestId!: string | null;
  @Column('text', { nullable: true }) traceId!: string | null;
  /** Of the call by which it was sent again. */
  @Column('uuid', { nullable: true }) operationId!: string | null;
}
