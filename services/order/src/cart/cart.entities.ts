import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from '@jangteo/database';
import { OrderEntity } from '../saga/saga.entities.js';

const SINCE_NOW = { type: 'timestamptz', nullable: true, default: () => 'now()' } as const;

@Entity('carts')
export class CartEntity {
  @PrimaryColumn('uuid') userId!: string;
  @Column(SINCE_NOW) createdAt!: Date | null;
  @Column(SINCE_NOW) updatedAt!: Date | null;
}

@Entity('cart_items')
@Check('cart_items_quantity_check', 'quantity BETWEEN 1 AND 1000')
@Check('cart_items_position_check', 'position > 0')
export class CartItemEntity {
  @ForeignKey(() => CartEntity) @PrimaryColumn('uuid') userId!: string;
  @PrimaryColumn('uuid') optionId!: string;
  @Column('uuid') productId!: string;
  @Column('int') quantity!: number;
  @Column('int') position!: number;
  @Column('timestamptz', { default: () => 'now()' }) addedAt!: Date;
}

/** The orders from carts that have not ended: what they ordered is still in the cart, and spoken for. */
@Entity('cart_orders')
@Index('cart_orders_of_user', ['userId'])
export class CartOrderEntity {
  @ForeignKey(() => OrderEntity) @PrimaryColumn('uuid') orderId!: string;
  @ForeignKey(() => CartEntity) @Column('uuid') userId!: string;
  /** What of the order is in the cart still; null is all of it. */
  @Column('json', { nullable: true }) lines!: object | null;
}
