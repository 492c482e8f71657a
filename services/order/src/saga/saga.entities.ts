import { Check, Column, Entity, Index, PrimaryColumn } from '@jangteo/database';
import { STEPS } from '../domain/steps.js';

const TIME = { type: 'timestamptz', precision: 3 } as const;
const OPTIONAL_TIME = { ...TIME, nullable: true };

@Entity('orders')
@Index('orders_of_user', ['userId', 'createdAt', 'orderId'])
@Index('orders_by_time', ['createdAt', 'orderId'])
@Index('orders_failed', ['failureCode', 'createdAt', 'orderId'], { where: 'failure_code IS NOT NULL' })
@Check('orders_status_check', `status IN ('PENDING', 'SUCCESS', 'FAILED', 'CANCELLED')`)
@Check('orders_expected_total_check', 'expected_total >= 0')
@Check('orders_subtotal_check', 'subtotal >= 0')
@Check('orders_discount_check', 'discount >= 0')
@Check('orders_total_check', 'total >= 0')
@Check('orders_check', 'total = subtotal - discount')
@Check('orders_check1', `(status IN ('SUCCESS', 'CANCELLED')) = (completed_at IS NOT NULL)`)
@Check('orders_check2', 'completed_at IS NULL OR total IS NOT NULL')
@Check('orders_check3', `(status = 'CANCELLED') = (cancelled_at IS NOT NULL)`)
@Check('orders_check4', `status <> 'FAILED' OR failure_code IS NOT NULL`)
export class OrderEntity {
  @PrimaryColumn('uuid') orderId!: string;
  @Column('uuid') userId!: string;
  @Column('text') status!: string;
  @Column('json') lines!: object;
  @Column('boolean', { default: false }) fromCart!: boolean;
  @Column('uuid', { nullable: true }) userCouponId!: string | null;
  @Column('bigint', { nullable: true }) expectedTotal!: number | null;
  @Column('bigint', { nullable: true }) subtotal!: number | null;
  @Column('bigint', { nullable: true }) discount!: number | null;
  @Column('bigint', { nullable: true }) total!: number | null;
  @Column('text', { nullable: true }) failureCode!: string | null;
  @Column('json', { nullable: true }) failure!: object | null;
  @Column(TIME) createdAt!: Date;
  @Column(OPTIONAL_TIME) completedAt!: Date | null;
  @Column(OPTIONAL_TIME) cancelledAt!: Date | null;
  @Column({ ...OPTIONAL_TIME, default: () => 'now()' }) updatedAt!: Date | null;
}

/** No foreign keys here: rows are written with their order or under its saga's lock, and no order is ever deleted. */
@Entity('order_items')
@Check('order_items_line_no_check', 'line_no > 0')
@Check('order_items_price_check', 'price >= 0')
@Check('order_items_quantity_check', 'quantity > 0')
export class OrderItemEntity {
  @PrimaryColumn('uuid') orderId!: string;
  @PrimaryColumn('int') lineNo!: number;
  @Column('uuid') productId!: string;
  @Column('uuid') optionId!: string;
  @Column('text') name!: string;
  @Column('bigint') price!: number;
  @Column('int') quantity!: number;
  @Column('text', { nullable: true }) category!: string | null;
}

@Entity('order_history')
@Check('order_history_seq_check', 'seq > 0')
export class OrderHistoryEntity {
  @PrimaryColumn('uuid') orderId!: string;
  @PrimaryColumn('int') seq!: number;
  @Column('text', { name: 'status' }) orderStatus!: string;
  @Column('text', { nullable: true }) step!: string | null;
  @Column('text', { nullable: true }) reason!: string | null;
  @Column('text') changedBy!: string;
  @Column(TIME) changedAt!: Date;
  @Column('uuid', { nullable: true }) actorId!: string | null;
}

const STATES = [
  ...STEPS.map(({ state }) => state),
  'UNDOING',
  'CANCELLING',
  'SUCCESS',
  'FAILED',
  'CANCELLED',
];

/**
 * Its indexes know nothing that a step changes, not even their conditions: so a step of a saga adds an entry to none of
 * them.
 */
@Entity('sagas')
@Index('sagas_to_look_at', ['lookAgainAt'], { where: 'look_again_at IS NOT NULL' })
@Index('sagas_of_users', ['userId', 'orderId'], { where: 'look_again_at IS NOT NULL' })
@Index('sagas_not_done', ['orderId'], { where: 'look_again_at IS NOT NULL' })
@Check('sagas_state_check', `state IN ('${STATES.join(`', '`)}')`)
@Check('sagas_attempts_check', 'attempts >= 0')
@Check('sagas_history_length_check', 'history_length > 0')
@Check('sagas_check', `(cardinality(awaits) = 0) = (state IN ('SUCCESS', 'FAILED', 'CANCELLED'))`)
@Check('sagas_check1', '(look_again_at IS NULL) = (cardinality(awaits) = 0 AND cardinality(owed_events) = 0)')
export class SagaEntity {
  @PrimaryColumn('uuid') orderId!: string;
  @Column('uuid', { nullable: true }) userId!: string | null;
  @Column('text') state!: string;
  @Column('text', { array: true }) awaits!: readonly string[];
  @Column('text', { array: true }) owedEvents!: readonly string[];
  @Column('json') waiters!: object;
  @Column('json', { nullable: true }) trace!: object | null;
  @Column('json', { nullable: true }) terms!: object | null;
  @Column('boolean', { default: false }) isAnsweredPending!: boolean;
  @Column('timestamptz') deadlineAt!: Date;
  @Column('timestamptz') sentAt!: Date;
  @Column('int') attempts!: number;
  @Column('timestamptz', { nullable: true }) lookAgainAt!: Date | null;
  @Column('int') historyLength!: number;
}
