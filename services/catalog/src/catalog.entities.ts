import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from '@jangteo/database';

/** Its other indexes are in the migrations alone: TypeORM has neither INCLUDE nor expressions. */
@Entity('products')
@Index('products_by_status', ['status', 'productId'])
@Index('products_by_price', ['status', 'price', 'productId'])
@Index('products_in_category', ['category', 'productId'], { where: `status = 'SELLABLE'` })
@Index('products_in_category_by_price', ['category', 'price', 'productId'], { where: `status = 'SELLABLE'` })
@Check('products_price_check', 'price >= 0')
@Check('products_status_check', `status IN ('SELLABLE', 'SUSPENDED', 'ARCHIVED')`)
export class ProductEntity {
  @PrimaryColumn('uuid') productId!: string;
  @Column('text') name!: string;
  @Column('bigint') price!: number;
  @Column('text') status!: string;
  @Column('text', { nullable: true }) description!: string | null;
  @Column('text', { nullable: true }) imageUrl!: string | null;
  @Column('text', { nullable: true }) category!: string | null;
  /** Counted by a trigger, and by whoever makes several changes in one. */
  @Column('bigint', { default: () => '1' }) version!: number;
  @Column('uuid', { nullable: true }) actorId!: string | null;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz', { nullable: true, default: () => 'now()' }) updatedAt!: Date | null;
}

@Entity('options')
@Unique(['productId', 'position'])
@Check('options_additional_price_check', 'additional_price >= 0')
@Check('options_stock_check', 'stock >= 0')
@Check('options_position_check', 'position >= 0')
@Check('options_status_check', `status IN ('SELLABLE', 'SUSPENDED')`)
export class OptionEntity {
  @PrimaryColumn('uuid') optionId!: string;
  @ForeignKey(() => ProductEntity) @Column('uuid') productId!: string;
  @Column('text', { name: 'name' }) optionName!: string;
  @Column('bigint') additionalPrice!: number;
  @Column('bigint') stock!: number;
  @Column('int') position!: number;
  @Column('text', { name: 'status', default: 'SELLABLE' }) optionStatus!: string;
}

/**
 * Stock is what these rows sum up to, less what reservations hold that were not released. Its index
 * `stock_movements_newest` is in the migrations alone.
 */
@Entity('stock_movements')
@Check('stock_movements_quantity_check', 'quantity <> 0')
export class StockMovementEntity {
  @ForeignKey(() => OptionEntity) @PrimaryColumn('uuid') optionId!: string;
  @PrimaryColumn('text') operationKey!: string;
  @Column('bigint') quantity!: number;
  @Column('uuid', { nullable: true }) actorId!: string | null;
  @Column('text', { nullable: true }) reason!: string | null;
  @PrimaryColumn('timestamptz') createdAt!: Date;
}

@Entity('reservations')
@Index('reservations_of_option', ['optionId', 'reservedAt'])
@Index('reservations_released', ['releasedAt'], { where: 'released_at IS NOT NULL' })
@Check('reservations_quantity_check', 'quantity > 0')
export class ReservationEntity {
  @PrimaryColumn('uuid') orderId!: string;
  @ForeignKey(() => OptionEntity) @PrimaryColumn('uuid') optionId!: string;
  @Column('bigint') quantity!: number;
  @Column('timestamptz') reservedAt!: Date;
  @Column('timestamptz', { nullable: true }) releasedAt!: Date | null;
}
