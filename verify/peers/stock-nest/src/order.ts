import { randomUUID } from 'node:crypto';
import { Controller, HttpStatus, Inject, Logger, UseInterceptors, type DynamicModule } from '@nestjs/common';
import { MessagePattern, Payload, RpcException, type ClientProxy } from '@nestjs/microservices';
import { Column, CreateDateColumn, DataSource, Entity, PrimaryColumn } from 'typeorm';
import type { Line, Reservation, ReservedLine } from './catalog.js';
import { DatabaseModule, MONEY } from './database.js';
import type { Settings } from './settings.js';
import { AckInterceptor, ask, clientsOf, refusalIn } from './transport.js';

type OrderStatus = 'PENDING' | 'SUCCESS' | 'FAILED';

@Entity('orders')
export class Order {
  @PrimaryColumn('uuid')
  orderId!: string;
  @Column('uuid')
  userId!: string;
  @Column('uuid', { nullable: true })
  userCouponId!: string | null;
  @Column('text')
  status!: OrderStatus;
  @Column({ ...MONEY, default: 0 })
  total!: number;
  @Column('text', { nullable: true })
  failureCode!: string | null;
  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}

@Entity('order_lines')
export class OrderLine {
  @PrimaryColumn('uuid')
  orderId!: string;
  @PrimaryColumn('uuid')
  productId!: string;
  @Column('integer')
  quantity!: number;
}

export interface PlaceOrder {
  readonly userId: string;
  readonly items: readonly Line[];
  readonly userCouponId?: string | null | undefined;
}

export interface PlacedOrder {
  readonly orderId: string;
  readonly orderStatus: OrderStatus;
  readonly items: readonly ReservedLine[];
  readonly subtotal: number;
  readonly discount: number;
  readonly total: number;
}

export interface OrderBooks {
  readonly placed: number;
  readonly pending: number;
  /** Of orders that succeeded: their money, their coupons, their units by product. */
  readonly paid: number;
  readonly coupons: number;
  readonly sold: Readonly<Record<string, number>>;
}

/** The saga: each step is a request to another service; what was done is undone backwards when a later one fails. */
@Controller()
@UseInterceptors(AckInterceptor)
export class OrderController {
  private readonly logger = new Logger(OrderController.name);

  constructor(
    private readonly dataSource: DataSource,
    @Inject('catalog') private readonly catalog: ClientProxy,
    @Inject('coupon') private readonly coupon: ClientProxy,
    @Inject('wallet') private readonly wallet: ClientProxy,
  ) {}

  @MessagePattern('place_order')
  async place(@Payload() wish: PlaceOrder): Promise<PlacedOrder> {
    const orderId = await this.save(wish);
    const undo: (() => Promise<unknown>)[] = [];
    try {
      const placed = await this.run(orderId, wish, undo);
      const { orderStatus: status, total } = placed;
      await this.dataSource.getRepository(Order).update({ orderId }, { status, total });
      return placed;
    } catch (error) {
      const { status, code } = refusalIn(error);
      if (status === HttpStatus.INTERNAL_SERVER_ERROR) this.logger.error(error);
      for (const compensate of undo.toReversed()) await compensate();
      const failed = { status: 'FAILED', failureCode: code } as const;
      await this.dataSource.getRepository(Order).update({ orderId }, failed);
      throw new RpcException({ status, code });
    }
  }

  @MessagePattern('order_books')
  async books(): Promise<OrderBooks> {
    const [orders] = await this.dataSource.query<Record<'placed' | 'pending' | 'paid' | 'coupons', string>[]>(
      `SELECT count(*) AS placed, count(*) FILTER (WHERE status = 'PENDING') AS pending,
         coalesce(sum(total) FILTER (WHERE status = 'SUCCESS'), 0) AS paid,
         count("userCouponId") FILTER (WHERE status = 'SUCCESS') AS coupons
       FROM orders`,
    );
    const sold = await this.dataSource.query<{ productId: string; quantity: string }[]>(
      `SELECT "productId", sum(quantity) AS quantity FROM order_lines JOIN orders USING ("orderId")
       WHERE status = 'SUCCESS' GROUP BY "productId"`,
    );
    return {
      placed: Number(orders?.placed),
      pending: Number(orders?.pending),
      paid: Number(orders?.paid),
      coupons: Number(orders?.coupons),
      sold: Object.fromEntries(sold.map(({ productId, quantity }) => [productId, Number(quantity)])),
    };
  }

  private async save({ userId, items, userCouponId = null }: PlaceOrder): Promise<string> {
    const orderId = randomUUID();
    await this.dataSource.transaction(async (manager) => {
      await manager.insert(Order, { orderId, userId, userCouponId, status: 'PENDING' });
      await manager.insert(
        OrderLine,
        items.map(({ productId, quantity }) => ({ orderId, productId, quantity })),
      );
    });
    return orderId;
  }

  /** @param undo where it notes, after each step, how that step is undone */
  private async run(
    orderId: string,
    { userId, items, userCouponId }: PlaceOrder,
    undo: (() => Promise<unknown>)[],
  ): Promise<PlacedOrder> {
    const reservation = await ask<Reservation>(this.catalog, 'reserve_stock', { items });
    undo.push(() => ask(this.catalog, 'release_stock', { items }));
    const { subtotal } = reservation;
    let discount = 0;
    if (userCouponId) {
      const used = await ask<{ discount: number }>(this.coupon, 'use_coupon', { userId, userCouponId });
      undo.push(() => ask(this.coupon, 'release_coupon', { userCouponId }));
      discount = Math.min(used.discount, subtotal);
    }
    const amount = subtotal - discount;
    await ask(this.wallet, 'debit_wallet', { userId, orderId, amount });
    undo.push(() => ask(this.wallet, 'refund_wallet', { userId, orderId, amount }));
    return { orderId, orderStatus: 'SUCCESS', items: reservation.items, subtotal, discount, total: amount };
  }
}

export function orderModule(settings: Settings): DynamicModule {
  return {
    module: class OrderModule {},
    imports: [
      DatabaseModule.of(settings, [Order, OrderLine]),
      clientsOf(settings, ['catalog', 'coupon', 'wallet']),
    ],
    controllers: [OrderController],
  };
}
