import type { SaleEvent } from '@jangteo/ranking/domain';
import { EVENTS } from './broker.js';
import type { Handler } from './pipeline.js';
import type { Product } from './product.js';

type CountedStep = ReturnType<Product['ranking']['stepsOf']>[number];

/** The ranking's tables: what it has counted, each step of an order once. */
export class RankingDesk {
  readonly sold = new Map<string, number>();
  readonly cancelled = new Map<string, number>();
  readonly handlers: Record<string, Handler> = { [EVENTS]: (messages) => this.#count(messages) };
  readonly #counted = new Map<string, CountedStep>();

  constructor(private readonly product: Product) {}

  /** The steps that it has counted. */
  steps(): CountedStep[] {
    return [...this.#counted.values()];
  }

  *#count(messages: Parameters<Handler>[0]): ReturnType<Handler> {
    const events = messages.map(({ type, payload }) => ({ type, payload }) as SaleEvent);
    const steps = this.product.ranking.stepsOf(events);
    const fresh = steps.filter(({ orderId, step }) => !this.#counted.has(`${orderId}/${step}`));
    for (const one of fresh) this.#counted.set(`${one.orderId}/${one.step}`, one);
    for (const { productId, sold, cancelled } of this.product.ranking.unitsOf(events, fresh)) {
      this.sold.set(productId, (this.sold.get(productId) ?? 0) + sold);
      this.cancelled.set(productId, (this.cancelled.get(productId) ?? 0) + cancelled);
    }
    yield () =>
      `counts ${fresh.map(({ orderId, step }) => `${orderId} ${step}`).join(', ') || 'nothing new'}`;
    return { publish: [] };
  }
}
