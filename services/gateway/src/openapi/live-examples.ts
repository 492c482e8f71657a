import { Injectable } from '@nestjs/common';
import {
  createCoupon,
  createProduct,
  listCoupons,
  listProducts,
  type RequestContract,
} from '@jangteo/contracts';
import { RequestClient } from '@jangteo/messaging';
import type { ApiDocument } from './openapi.js';

/** A short one: readers of a document do not wait long for a nicety of it. */
const DEADLINE_MS = 1_000;
/** However many read it, the shop is looked at once in this time. */
const KEPT_MS = 10_000;
/** Products among which one is sought that can be ordered without naming an option. */
const LOOKED_AT = 20;

/** Lets the examples of the document name a product and a coupon that this shop has, so that they can be tried. */
@Injectable()
export class LiveExamples {
  #last: { readonly text: Promise<Buffer>; readonly untilMs: number } | undefined;

  constructor(private readonly requests: RequestClient) {}

  /**
   * The document's text, which is by far the longest answer and made once for all who ask for it meanwhile; as it is
   * where there is nothing to name, or nobody to say what there is.
   */
  async in(document: ApiDocument): Promise<Buffer> {
    if (this.#last === undefined || performance.now() >= this.#last.untilMs) {
      this.#last = { text: this.#look(document), untilMs: performance.now() + KEPT_MS };
    }
    return await this.#last.text;
  }

  async #look(document: ApiDocument): Promise<Buffer> {
    const [products, coupons] = await Promise.all([
      this.#ask(listProducts, { limit: LOOKED_AT }),
      this.#ask(listCoupons, { limit: 1 }),
    ]);
    const product = products?.products.find(({ options }) => options.length === 1) ?? products?.products[0];
    const named = [
      [createProduct.example.value.productId, product?.productId],
      [createCoupon.example.value.couponId, coupons?.coupons[0]?.couponId],
    ] as const;
    const text = named.reduce(
      (written, [example, real]) => (real === undefined ? written : written.replaceAll(example, real)),
      JSON.stringify(document),
    );
    return Buffer.from(text);
  }

  async #ask<C extends RequestContract>(contract: C, payload: Parameters<typeof this.requests.ask<C>>[1]) {
    try {
      const outcome = await this.requests.ask(contract, payload, { deadlineMs: DEADLINE_MS });
      return outcome.ok ? outcome.value : undefined;
    } catch {
      return undefined;
    }
  }
}
