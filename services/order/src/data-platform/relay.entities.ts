import { Check, Column, Entity, PrimaryColumn, PrimaryGeneratedColumn, Unique } from '@jangteo/database';

/** An event that the data platform is owed and that has no number yet; ids go by the order in which they happened. */
@Entity('platform_entries')
@Check('platform_entries_type_check', `type IN ('order.completed', 'order.cancelled')`)
export class PlatformEntryEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' }) entryId!: number;
  @Column('uuid') orderId!: string;
  @Column('text') type!: string;
}

/** Numbered without a gap. */
@Entity('platform_records')
@Unique(['orderId', 'type'])
@Check('platform_records_seq_check', 'seq > 0')
export class PlatformRecordEntity {
  @PrimaryColumn('bigint') seq!: number;
  @Column('uuid') orderId!: string;
  @Column('text') type!: string;
}

/** One row. Whoever numbers holds its lock; the orders never touch it. */
@Entity('platform_relay')
@Check('platform_relay_is_only_row_check', 'is_only_row')
@Check('platform_relay_failures_check', 'failures >= 0')
@Check('platform_relay_check', 'sent_seq BETWEEN 0 AND numbered_seq')
@Check('platform_relay_check1', 'pruned_seq <= sent_seq')
export class PlatformRelayEntity {
  @PrimaryColumn('boolean', { default: true }) isOnlyRow!: boolean;
  @Column('bigint', { default: () => '0' }) numberedSeq!: number;
  @Column('bigint', { default: () => '0' }) sentSeq!: number;
  @Column('uuid', { nullable: true }) leader!: string | null;
  @Column('timestamptz', { default: '-infinity' }) leadsUntil!: Date;
  @Column('int', { default: () => '0' }) failures!: number;
  @Column('timestamptz', { nullable: true }) retryAt!: Date | null;
  @Column('text', { nullable: true }) lastFailure!: string | null;
  @Column('bigint', { default: () => '0' }) prunedSeq!: number;
  @Column('timestamptz', { default: '-infinity' }) prunedUntil!: Date;
}
