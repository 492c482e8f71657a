import { Controller } from '@nestjs/common';
import {
  changeProduct,
  createProduct,
  listProducts,
  readProducts,
  releaseStock,
  reserveStock,
  restock,
} from '@jangteo/contracts';
import { Handle, payloadsOf, type Batch } from '@jangteo/messaging';
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
  change(batch: Batch<typeof changeProduct>) {
    return this.products.change(payloadsOf(batch));
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
