import { Column, Entity, ForeignKey, Index, PrimaryColumn, PrimaryGeneratedColumn } from '@jangteo/database';
import { OrderEntity } from '../saga/saga.entities.js';

const SINCE_NOW = { type: 'timestamptz', precision: 3, default: () => 'now()' } as const;

/** The user who had a saga send again what it waits for, and the time. */
@Entity('saga_nudges')
@Index('saga_nudges_of_operation', ['operationId'], { where: 'operation_id IS NOT NULL' })
export class SagaNudgeEntity {
  @ForeignKey(() => OrderEntity) @PrimaryColumn('uuid') orderId!: string;
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' }) nudgeId!: number;
  @Column('uuid') nudgedBy!: string;
  @Column(SINCE_NOW) nudgedAt!: Date;
  /** The call by which it was done. */
  @Column('uuid', { nullable: true }) operationId!: string | null;
}

/** Commands of ended orders that somebody had sent again, until they are answered; those that were refused stay. */
@Entity('redrives')
@Index('redrives_by_time', ['redrivenAt'])
export class RedriveEntity {
  @PrimaryColumn('uuid') orderId!: string;
  @PrimaryColumn('text') command!: string;
  @Column('uuid') redrivenBy!: string;
  @Column(SINCE_NOW) redrivenAt!: Date;
  @Column('json', { nullable: true }) refusal!: object | null;
}
