import { Controller } from '@nestjs/common';
import {
  changeProduct,
  createProduct,
  listProducts,
  productChanged,
  readProducts,
  releaseStock,
  reserveStock,
  restock,
  type OutcomeOf,
} from '@jangteo/contracts';
import {
  eventOf,
  Handle,
  HandleBroadcast,
  MISSED,
  payloadsOf,
  type Batch,
  type BatchResult,
  type Heard,
} from '@jangteo/messaging';
import { PriceTags } from './price-tags.js';
import { ProductHandler } from './product.handler.js';
import { StockHandler } from './stock.handler.js';

/** A page may be 150 KB, what a cart needs 370 KB, and those of a batch are held at a time. */
const PAGES_AT_ONCE = 50;

/** What the catalog answers. */
@Controller()
export class CatalogConsumer {
  constructor(
    private readonly products: ProductHandler,
    private readonly stock: StockHandler,
    private readonly tags: PriceTags,
  ) {}

  @Handle(listProducts, { batchSizeMax: PAGES_AT_ONCE })
  list(batch: Batch<typeof listProducts>) {
    return this.products.list(payloadsOf(batch));
  }

  @Handle(readProducts, { batchSizeMax: PAGES_AT_ONCE })
  read(batch: Batch<typeof readProducts>) {
    return this.products.read(payloadsOf(batch));
  }

  @Handle(createProduct)
  create(batch: Batch<typeof createProduct>) {
    return this.products.create(payloadsOf(batch));
  }

  @Handle(changeProduct)
  async change(batch: Batch<typeof changeProduct>): Promise<BatchResult<OutcomeOf<typeof changeProduct>>> {
    const outcomes = await this.products.change(payloadsOf(batch));
    const changedAt = new Date().toISOString();
    // A repeat says so once more: the first time may have died between commit and publish.
    const changed = batch.filter((_, index) => outcomes[index]?.ok);
    const publish = changed.map((delivery) => {
      const { productId } = delivery.payload;
      return eventOf(productChanged, { productId, changedAt }, delivery);
    });
    return { outcomes, publish };
  }

  @HandleBroadcast(productChanged)
  async drop(heard: Heard<typeof productChanged>): Promise<void> {
    if (heard === MISSED) this.tags.dropAll();
    else await this.tags.drop([...new Set(heard.map(({ payload }) => payload.productId))]);
  }

  @Handle(restock)
  restock(batch: Batch<typeof restock>) {
    return this.stock.restock(payloadsOf(batch));
  }

  @Handle(reserveStock)
  reserve(batch: Batch<typeof reserveStock>) {
    return this.stock.reserve(payloadsOf(batch));
  }

  @Handle(releaseStock)
  release(batch: Batch<typeof releaseStock>) {
    return this.stock.release(payloadsOf(batch));
  }
}
