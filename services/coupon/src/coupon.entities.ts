import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from '@jangteo/database';

@Entity('coupons')
@Index('coupons_listed', ['createdAt', 'couponId'], {
  where: `status = 'ISSUABLE' AND NOT is_sold_out AND NOT has_ended`,
})
@Index('coupons_by_status', ['status', 'couponId'])
@Index('coupons_ending', ['issueEndsAt'], { where: 'NOT has_ended' })
@Index('coupons_unusable', ['usableUntil'], { where: 'NOT has_ended' })
@Check('coupons_discount_type_check', `discount_type IN ('FIXED', 'PERCENT')`)
@Check('coupons_discount_value_check', 'discount_value >= 1')
@Check('coupons_max_discount_check', 'max_discount >= 1')
@Check('coupons_min_order_amount_check', 'min_order_amount >= 0')
@Check('coupons_total_quantity_check', 'total_quantity >= 1')
@Check('coupons_valid_days_check', 'valid_days >= 1')
@Check('coupons_status_check', `status IN ('ISSUABLE', 'SUSPENDED')`)
@Check('coupons_check', 'issued_quantity BETWEEN 0 AND total_quantity')
@Check('coupons_check1', `discount_type <> 'PERCENT' OR discount_value <= 100`)
@Check('coupons_check2', 'issue_starts_at < issue_ends_at')
export class CouponEntity {
  @PrimaryColumn('uuid') couponId!: string;
  @Column('text') name!: string;
  @Column('text') discountType!: string;
  @Column('bigint') discountValue!: number;
  @Column('bigint', { nullable: true }) maxDiscount!: number | null;
  @Column('bigint', { nullable: true }) minOrderAmount!: number | null;
  @Column('int') totalQuantity!: number;
  @Column('timestamptz', { nullable: true }) issueStartsAt!: Date | null;
  @Column('timestamptz', { nullable: true }) issueEndsAt!: Date | null;
  @Column('int', { nullable: true }) validDays!: number | null;
  @Column('int', { nullable: true }) accountAgeMinutes!: number | null;
  @Column('boolean', { default: false }) needsChargedWallet!: boolean;
  @Column('int') issuedQuantity!: number;
  @Column('text') status!: string;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz', { nullable: true }) usableUntil!: Date | null;
  /** Counted by a trigger, and by whoever makes several changes in one. */
  @Column('bigint', { default: () => '1' }) version!: number;
  @Column('uuid', { nullable: true }) actorId!: string | null;
  @Column({ type: 'boolean', generatedType: 'STORED', asExpression: 'issued_quantity >= total_quantity' })
  isSoldOut!: boolean;
  @Column('boolean', { default: false }) hasEnded!: boolean;
}

/** How those who asked for a coupon were answered; absent before the first of them. */
@Entity('coupon_answers')
export class CouponAnswersEntity {
  @ForeignKey(() => CouponEntity) @PrimaryColumn('uuid') couponId!: string;
  @Column('bigint') issued!: number;
  @Column('bigint') soldOut!: number;
  @Column('bigint') alreadyIssued!: number;
  @Column('bigint') notIssuable!: number;
  @Column('bigint') notEligible!: number;
}

/** Its index `user_coupons_newest` is in the migrations alone: TypeORM has no DESC. */
@Entity('user_coupons')
@Unique(['couponId', 'userId'])
@Unique(['couponId', 'sequence'])
@Check('user_coupons_sequence_check', 'sequence >= 1')
@Check('user_coupons_check', 'expires_at > issued_at')
@Check('user_coupons_check1', '(order_id IS NULL) = (used_at IS NULL)')
export class UserCouponEntity {
  @PrimaryColumn('uuid') userCouponId!: string;
  @ForeignKey(() => CouponEntity) @Column('uuid') couponId!: string;
  @Column('uuid') userId!: string;
  @Column('int') sequence!: number;
  @Column('timestamptz') issuedAt!: Date;
  @Column('timestamptz', { nullable: true }) expiresAt!: Date | null;
  /** The order that uses it now. */
  @Column('uuid', { nullable: true }) orderId!: string | null;
  @Column('timestamptz', { nullable: true }) usedAt!: Date | null;
  @Column('uuid', { nullable: true }) actorId!: string | null;
  @Column('timestamptz', { nullable: true }) takenBackAt!: Date | null;
  @Column('uuid', { nullable: true }) takenBackBy!: string | null;
}

/** Every use there ever was: one an order, kept when it is given back. */
@Entity('redemptions')
@Index('redemptions_one_at_a_time', ['userCouponId'], { unique: true, where: 'released_at IS NULL' })
@Check('redemptions_discount_check', 'discount >= 0')
export class RedemptionEntity {
  @PrimaryColumn('uuid') orderId!: string;
  @ForeignKey(() => UserCouponEntity) @Column('uuid') userCouponId!: string;
  @Column('bigint') discount!: number;
  @Column('timestamptz') redeemedAt!: Date;
  @Column('timestamptz', { nullable: true }) releasedAt!: Date | null;
}
