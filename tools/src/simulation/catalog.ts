import type { Option, ReleaseChanges, Reservation, ReserveChanges } from '@jangteo/catalog/domain';
import { releaseStock, reserveStock, type Outcome, type PayloadOf, type ValueOf } from '@jangteo/contracts';
import { Outcomes } from './outcomes.js';
import { commandHandler, type Replies } from './participant.js';
import type { Handler } from './pipeline.js';
import type { Product } from './product.js';
import { demand } from './violation.js';

type Order = PayloadOf<typeof reserveStock>;

/** The catalog's tables, and its part in the saga over them. */
export class CatalogDesk {
  readonly reservations: (Reservation & { isReleased: boolean })[] = [];
  readonly outcomes: Outcomes;
  readonly handlers: Record<string, Handler>;
  private readonly options: Map<string, Option>;

  constructor(
    options: readonly Option[],
    private readonly product: Product,
    replies: Replies,
  ) {
    this.options = new Map(options.map((option) => [option.optionId, option]));
    this.outcomes = new Outcomes(product);
    this.handlers = {
      [reserveStock.type]: commandHandler(reserveStock, replies, (orders: readonly Order[]) =>
        this.reserve(orders),
      ),
      [releaseStock.type]: commandHandler(releaseStock, replies, (orders: readonly Order[]) =>
        this.release(orders),
      ),
    };
  }

  option(optionId: string): Option {
    const option = this.options.get(optionId);
    if (option === undefined) throw new Error(`there is no option ${optionId}`);
    return option;
  }

  allOptions(): Option[] {
    return [...this.options.values()];
  }

  /** Sets the price of a product, as an admin may at any moment. */
  reprice(productId: string, basePrice: number): void {
    for (const option of this.allOptions()) {
      if (option.productId === productId) this.options.set(option.optionId, { ...option, basePrice });
    }
  }

  /** What orders hold or have taken. */
  heldBy(...orderIds: readonly string[]): Reservation[] {
    return this.reservations.filter((held) => orderIds.includes(held.orderId) && !held.isReleased);
  }

  /** What it has answered to an order that it holds stock for. */
  answerTo(orderId: string): ValueOf<typeof reserveStock> {
    const answer = this.outcomes.of(`${orderId}/reserve-stock`);
    if (!answer?.ok) throw new Error(`${orderId} holds what was never given to it`);
    return answer.value as ValueOf<typeof reserveStock>;
  }

  private reserve(orders: readonly Order[]): readonly Outcome[] {
    return this.outcomes.decideOnce(orders, {
      ...this.product.catalog.reserving,
      load: (batch) => {
        const productIds = new Set(batch.flatMap(({ items }) => items.map(({ productId }) => productId)));
        return this.allOptions().filter(({ productId }) => productIds.has(productId));
      },
      save: ({ deltas, reservations }: ReserveChanges) => {
        this.add(deltas);
        for (const held of reservations) {
          const isNew = this.reservations.every(
            ({ orderId, optionId }) => orderId !== held.orderId || optionId !== held.optionId,
          );
          demand(isNew, 'stock', () => `${held.orderId} reserves ${held.optionId} twice`);
          this.reservations.push({ ...held, isReleased: false });
        }
      },
    });
  }

  private release(orders: readonly Order[]): readonly Outcome[] {
    return this.outcomes.decideOnce(orders, {
      ...this.product.catalog.releasing,
      load: (batch) => this.heldBy(...batch.map(({ orderId }) => orderId)),
      save: ({ deltas, orderIds }: ReleaseChanges) => {
        this.add(deltas);
        for (const held of this.reservations) if (orderIds.includes(held.orderId)) held.isReleased = true;
      },
    });
  }

  private add(deltas: ReserveChanges['deltas']): void {
    for (const { optionId, delta } of deltas) {
      const option = this.option(optionId);
      const stock = option.stock + delta;
      demand(stock >= 0, 'stock', () => `${optionId} falls to ${stock}`);
      this.options.set(optionId, { ...option, stock });
    }
  }
}
