import {
  done,
  refuse,
  refuseProduct,
  type changeProduct,
  type Money,
  type Outcome,
  type PayloadOf,
  type Product,
  type ProductStatus,
} from '@jangteo/contracts';
import { productOf, type ChangingOption, type ProductTexts } from './option.js';

/** A product without its options. */
export interface ProductCard extends ProductTexts {
  readonly productId: string;
  readonly name: string;
  readonly price: Money;
  readonly status: ProductStatus;
  readonly version: number;
  /** The user who made or changed it last, where that is known. */
  readonly actorId: string | undefined;
}

/** All options of one product. */
type Options = readonly [ChangingOption, ...ChangingOption[]];

type Versions = PayloadOf<typeof changeProduct>['versions'];

/** Refuses a change that was meant for other versions than this one; `undefined` where it was not. */
export function refuseVersion(version: number, versions: Versions) {
  return versions === undefined || versions.includes(version)
    ? undefined
    : refuse('VERSION_CHANGED', `it is version ${version} now`);
}

/** The products of one batch while it is decided: each message finds what those before it left. */
export class ProductBatch {
  readonly #products: Map<string, readonly ChangingOption[]>;
  readonly #changed = new Map<string, ProductCard>();

  /** @param options every option of every product that the batch names, in the order in which they are shown */
  constructor(options: readonly ChangingOption[]) {
    this.#products = Map.groupBy(options, ({ productId }) => productId);
  }

  /** The options of a product that is, as it is now, one of these versions. */
  find(productId: string, versions: Versions): Outcome<Options, 'PRODUCT_NOT_FOUND' | 'VERSION_CHANGED'> {
    const options = this.#products.get(productId) ?? [];
    const [first, ...others] = options;
    if (first === undefined) return refuseProduct('PRODUCT_NOT_FOUND', productId);
    return refuseVersion(first.version, versions) ?? done([first, ...others]);
  }

  /**
   * Takes a product as it is from now on, one version on.
   *
   * @param options all of it, in the order in which they are shown
   */
  put(options: readonly ChangingOption[], actorId: string | undefined): Product {
    const after = options.map((option) => ({
      ...option,
      version: option.version + 1,
      updatedAt: option.now,
    }));
    const [first] = after;
    if (first === undefined) throw new Error('a product has at least one option');
    const { productId, productName: name, basePrice: price, status, version } = first;
    const { description, imageUrl, category } = first;
    this.#products.set(productId, after);
    this.#changed.set(productId, {
      productId,
      name,
      price,
      status,
      description,
      imageUrl,
      category,
      version,
      actorId,
    });
    return productOf(after, first);
  }

  /** The products that are not as they were found, each once. */
  cards(): ProductCard[] {
    return [...this.#changed.values()];
  }
}
