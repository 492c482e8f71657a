import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from '@jangteo/database';

/** An address that is told of what became of orders. */
@Entity('webhooks')
@Check('webhooks_status_check', `status IN ('ACTIVE', 'PAUSED', 'DISABLED')`)
@Check('webhooks_status_reason_check', `status_reason IN ('REQUESTED', 'FAILING', 'GONE', 'RECORDS_DELETED')`)
@Check('webhooks_stopped_check', `(status = 'ACTIVE') = (status_reason IS NULL)`)
export class WebhookEntity {
  @PrimaryColumn('uuid') webhookId!: string;
  @Column('text') name!: string;
  @Column('text') url!: string;
  /** Of the records that it is told. */
  @Column('text', { array: true }) types!: string[];
  @Column('text') status!: string;
  @Column('text', { nullable: true }) statusReason!: string | null;
  @Column('bytea') secret!: Buffer;
  /** Signs as well, until then. */
  @Column('bytea', { nullable: true }) previousSecret!: Buffer | null;
  @Column({ type: 'timestamptz', precision: 3, nullable: true }) previousUntil!: Date | null;
  /** The cursor: up to this number it was told, or did not want to be. */
  @Column('bigint') toldSeq!: number;
  /** When the record happened that it is to be told next; null where it knows all. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true }) owedSince!: Date | null;
  /** Since the last success. */
  @Column('int', { default: () => '0' }) failures!: number;
  @Column({ type: 'timestamptz', precision: 3, nullable: true }) failingSince!: Date | null;
  /** Not tried before. */
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' }) dueAt!: Date;
  /** The number of its last delivery. */
  @Column('bigint', { default: () => '0' }) tries!: number;
  /** The gateway that delivers to it; no other one does until then. */
  @Column('uuid', { nullable: true }) leaseHolder!: string | null;
  @Column('timestamptz', { nullable: true }) leasedUntil!: Date | null;
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt!: Date;
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' }) updatedAt!: Date;
}

/** A try to deliver, whatever became of it; the latest are kept. */
@Entity('webhook_deliveries')
@Index('webhook_deliveries_by_age', ['at'])
export class WebhookDeliveryEntity {
  @ForeignKey(() => WebhookEntity, { onDelete: 'CASCADE' }) @PrimaryColumn('uuid') webhookId!: string;
  /** 1, 2, 3 … of this webhook. */
  @PrimaryColumn('bigint') number!: number;
  @Column('text') messageId!: string;
  @Column('text') type!: string;
  /** The number of the record; null of a test. */
  @Column('bigint', { nullable: true }) sequence!: number | null;
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' }) at!: Date;
  @Column('int') tookMs!: number;
  /** Of the answer; null where there was none. */
  @Column('int', { nullable: true }) status!: number | null;
  /** Null where it was delivered. */
  @Column('text', { nullable: true }) error!: string | null;
}
