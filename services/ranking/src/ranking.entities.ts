import {
  Check,
  Column,
  Entity,
  ForeignKey,
  Index,
  PrimaryColumn,
  PrimaryGeneratedColumn,
} from '@jangteo/database';

/** Events that have been counted: the same one again changes nothing. */
@Entity('counted_steps')
@Check('counted_steps_step_check', `step IN ('COMPLETED', 'CANCELLED')`)
export class CountedStepEntity {
  @PrimaryColumn('uuid') orderId!: string;
  @PrimaryColumn('text') step!: string;
}

@Entity('hourly_sales')
@Check('hourly_sales_hour_check', `hour = date_trunc('hour', hour, 'UTC')`)
@Index('hourly_sales_cancelled', ['hour'], { where: 'cancelled > 0' })
@Check('hourly_sales_sold_check', 'sold >= 0')
@Check('hourly_sales_cancelled_check', 'cancelled >= 0')
export class HourlySalesEntity {
  @PrimaryColumn('timestamptz') hour!: Date;
  @PrimaryColumn('uuid') productId!: string;
  @Column('bigint') sold!: number;
  @Column('bigint') cancelled!: number;
  @Column({ type: 'bigint', generatedType: 'STORED', asExpression: 'sold - cancelled' }) units!: number;
  @Column('bigint', { default: () => '0' }) orders!: number;
}

/** Units of all products, which a trigger sums up, and orders. */
@Entity('hourly_totals')
@Check('hourly_totals_hour_check', `hour = date_trunc('hour', hour, 'UTC')`)
export class HourlyTotalsEntity {
  @PrimaryColumn('timestamptz') hour!: Date;
  @Column('bigint', { default: () => '0' }) units!: number;
  @Column('bigint', { default: () => '0' }) orders!: number;
}

/** One row, for the release before. */
@Entity('sales_changes')
@Check('sales_changes_only_row_check', 'only_row')
export class SalesChangesEntity {
  @PrimaryColumn('boolean', { default: true }) onlyRow!: boolean;
  @Column('bigint') changes!: number;
}

/** One row: the hour from which the rankings are seen, and the hour from which on orders are counted. */
@Entity('calculation')
@Check('calculation_only_row_check', 'only_row')
export class CalculationEntity {
  @PrimaryColumn('boolean', { default: true }) onlyRow!: boolean;
  @Column('bigint') changes!: number;
  @Column('timestamptz', { nullable: true }) hour!: Date | null;
  @Column('timestamptz', { default: '-infinity' }) ordersCountedFrom!: Date;
}

/** One row a window; place i of it is `productIds[i]` with `units[i]`. */
@Entity('rankings')
@Check('rankings_days_check', 'days BETWEEN 1 AND 30')
@Check('rankings_check', 'cardinality(product_ids) = cardinality(units) AND cardinality(units) <= 200')
export class RankingEntity {
  @PrimaryColumn('int') days!: number;
  @Column('timestamptz') calculatedAt!: Date;
  @Column('uuid', { array: true }) productIds!: string[];
  @Column('bigint', { array: true }) units!: number[];
}

@Entity('tallies')
@Check('tallies_hour_check', `hour = date_trunc('hour', hour, 'UTC')`)
export class TallyEntity {
  @PrimaryColumn('timestamptz') hour!: Date;
  @ForeignKey(() => TallyEntity) @Column('timestamptz', { nullable: true }) baseHour!: Date | null;
  @Column('uuid') summedTo!: string;
  @Column('boolean', { default: false }) isOver!: boolean;
}

/** Units of a product in each window: `w<n>` is that of n days. */
@Entity('tally_sums')
export class TallySumEntity {
  @PrimaryColumn('timestamptz') hour!: Date;
  @PrimaryColumn('uuid') productId!: string;
}
for (let days = 1; days <= 30; days += 1) Column('bigint')(TallySumEntity.prototype, `w${days}`);

@Entity('tally_leaders')
@Check('tally_leaders_days_check', 'days BETWEEN 1 AND 30')
export class TallyLeadersEntity {
  @ForeignKey(() => TallyEntity, { onDelete: 'CASCADE' }) @PrimaryColumn('timestamptz') hour!: Date;
  @PrimaryColumn('int') days!: number;
  @Column('uuid', { array: true, nullable: true }) productIds!: string[] | null;
  @Column('bigint', { array: true, nullable: true }) units!: number[] | null;
  @Column('bigint', { nullable: true }) floorUnits!: number | null;
  @Column('uuid', { nullable: true }) floorProductId!: string | null;
}

@Entity('untallied_sales')
export class UntalliedSaleEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' }) id!: number;
  @Column('timestamptz') hour!: Date;
  @Column('uuid') productId!: string;
  @Column('bigint') units!: number;
}
