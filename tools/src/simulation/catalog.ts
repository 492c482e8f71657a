import type { Option, Reservation, ReserveChanges } from '@jangteo/catalog/domain';
import { releaseStock, reserveStock, stepKey, type ValueOf } from '@jangteo/contracts';
import { Outcomes } from './outcomes.js';
import { once, type Replies } from './participant.js';
import type { Handler } from './pipeline.js';
import type { Product } from './product.js';
import { demand } from './violation.js';

/** The catalog's tables, and its part in the saga over them. */
export class CatalogDesk {
  readonly reservations: (Reservation & { isReleased: boolean })[] = [];
  readonly outcomes: Outcomes;
  readonly handlers: Record<string, Handler>;
  readonly #options: Map<string, Option>;

  constructor(options: readonly Option[], product: Product, replies: Replies) {
    this.#options = new Map(options.map((option) => [option.optionId, option]));
    this.outcomes = new Outcomes(product);
    const { outcomes } = this;
    this.handlers = {
      ...once(
        reserveStock,
        { outcomes, replies },
        {
          load: (orders) => {
            const productIds = new Set(
              orders.flatMap(({ items }) => items.map(({ productId }) => productId)),
            );
            return this.allOptions().filter(({ productId }) => productIds.has(productId));
          },
          decide: product.catalog.decideReservations,
          save: (changes) => this.#reserve(changes),
        },
      ),
      ...once(
        releaseStock,
        { outcomes, replies },
        {
          load: (orders) => this.heldBy(...orders.map(({ orderId }) => orderId)),
          decide: product.catalog.decideReleases,
          save: ({ deltas, orderIds }) => {
            this.#add(deltas);
            for (const held of this.reservations) if (orderIds.includes(held.orderId)) held.isReleased = true;
          },
        },
      ),
    };
  }

  option(optionId: string): Option {
    const option = this.#options.get(optionId);
    if (option === undefined) throw new Error(`there is no option ${optionId}`);
    return option;
  }

  allOptions(): Option[] {
    return [...this.#options.values()];
  }

  /** Sets the price of a product, as an admin may at any moment. */
  reprice(productId: string, basePrice: number): void {
    for (const option of this.allOptions()) {
      if (option.productId === productId) this.#options.set(option.optionId, { ...option, basePrice });
    }
  }

  /** Stock that orders hold or have taken. */
  heldBy(...orderIds: readonly string[]): Reservation[] {
    return this.reservations.filter((held) => orderIds.includes(held.orderId) && !held.isReleased);
  }

  /** Its answer to an order that it holds stock for. */
  answerTo(orderId: string): ValueOf<typeof reserveStock> {
    const answer = this.outcomes.of(stepKey(orderId, reserveStock));
    if (!answer?.ok) throw new Error(`${orderId} holds what was never given to it`);
    return answer.value as ValueOf<typeof reserveStock>;
  }

  #reserve({ deltas, reservations }: ReserveChanges): void {
    this.#add(deltas);
    for (const held of reservations) {
      const isNew = this.reservations.every(
        ({ orderId, optionId }) => orderId !== held.orderId || optionId !== held.optionId,
      );
      demand(isNew, 'stock', () => `${held.orderId} reserves ${held.optionId} twice`);
      this.reservations.push({ ...held, isReleased: false });
    }
  }

  #add(deltas: ReserveChanges['deltas']): void {
    for (const { optionId, delta } of deltas) {
      const option = this.option(optionId);
      const stock = option.stock + delta;
      demand(stock >= 0, 'stock', () => `${optionId} falls to ${stock}`);
      this.#options.set(optionId, { ...option, stock });
    }
  }
}
