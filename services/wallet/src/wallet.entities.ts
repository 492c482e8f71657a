import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from '@jangteo/database';

@Entity('wallets')
@Check('wallets_balance_check', 'balance >= 0')
@Check('wallets_movements_check', 'movements >= 0')
@Check('wallets_held_check', 'held >= 0')
export class WalletEntity {
  @PrimaryColumn('uuid') userId!: string;
  @Column('bigint') balance!: number;
  /** The sum of its pending charges. */
  @Column('bigint', { default: () => '0' }) held!: number;
  @Column('bigint') movements!: number;
  @Column('timestamptz', { nullable: true, default: () => 'now()' }) updatedAt!: Date | null;
}

@Entity('charges')
@Index('charges_of_user', ['userId', 'chargeId'])
@Index('charges_succeeded', ['userId'], { where: `status = 'SUCCEEDED'` })
@Index('charges_pending_of_user', ['userId'], { where: 'ask_again_at IS NOT NULL' })
@Index('charges_of_provider_to_ask_about', ['provider', 'askAgainAt'], { where: 'ask_again_at IS NOT NULL' })
@Check('charges_amount_check', 'amount > 0')
@Check('charges_status_check', `status IN ('PENDING', 'SUCCEEDED', 'DECLINED')`)
@Check('charges_attempts_check', 'attempts > 0')
@Check('charges_check', `(status = 'PENDING') = (ask_again_at IS NOT NULL)`)
@Check('charges_check1', `status = 'PENDING' OR answer IS NOT NULL`)
export class ChargeEntity {
  @PrimaryColumn('uuid') chargeId!: string;
  @ForeignKey(() => WalletEntity) @Column('uuid') userId!: string;
  @Column('bigint') amount!: number;
  @Column('text') currency!: string;
  @Column('text') provider!: string;
  @Column('text') paymentMethod!: string;
  @Column('uuid', { nullable: true }) actorId!: string | null;
  @Column('text') status!: string;
  @Column('int', { default: () => '1' }) attempts!: number;
  @Column('json', { nullable: true }) answer!: object | null;
  @Column('json', { default: '[]' }) waiters!: object;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz', { nullable: true }) askAgainAt!: Date | null;
}

@Entity('ledger')
@Unique(['userId', 'position'])
@Index('ledger_once_an_order', ['orderId', 'type'], { unique: true, where: 'order_id IS NOT NULL' })
@Index('ledger_once_a_charge', ['chargeId'], { unique: true, where: 'charge_id IS NOT NULL' })
@Index('ledger_once_an_adjustment', ['adjustmentId'], { unique: true, where: 'adjustment_id IS NOT NULL' })
@Check('ledger_position_check', 'position > 0')
@Check('ledger_balance_before_check', 'balance_before >= 0')
@Check('ledger_balance_after_check', 'balance_after >= 0')
@Check('ledger_check', 'balance_after = balance_before + amount')
@Check(
  'ledger_check1',
  `CASE type
     WHEN 'CHARGE' THEN amount > 0 AND charge_id IS NOT NULL AND order_id IS NULL
     WHEN 'PAYMENT' THEN amount < 0 AND order_id IS NOT NULL AND charge_id IS NULL
     WHEN 'REFUND' THEN amount > 0 AND order_id IS NOT NULL AND charge_id IS NULL
     WHEN 'ADJUSTMENT' THEN amount <> 0 AND adjustment_id IS NOT NULL AND reason IS NOT NULL
       AND order_id IS NULL AND charge_id IS NULL
     ELSE false END`,
)
export class LedgerEntity {
  @PrimaryColumn('uuid') transactionId!: string;
  @ForeignKey(() => WalletEntity) @Column('uuid') userId!: string;
  @Column('bigint') position!: number;
  @Column('text') type!: string;
  @Column('bigint') amount!: number;
  @Column('bigint') balanceBefore!: number;
  @Column('bigint') balanceAfter!: number;
  @Column('uuid', { nullable: true }) orderId!: string | null;
  @ForeignKey(() => ChargeEntity) @Column('uuid', { nullable: true }) chargeId!: string | null;
  @Column('uuid', { nullable: true }) adjustmentId!: string | null;
  /** Of an adjustment: why, and who made it. */
  @Column('text', { nullable: true }) reason!: string | null;
  @Column('uuid', { nullable: true }) actorId!: string | null;
  @Column('timestamptz') createdAt!: Date;
}
