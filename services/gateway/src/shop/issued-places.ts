import { Injectable } from '@nestjs/common';
import { readPlaces, type CouponPlaces } from '@jangteo/contracts';
import { LRUCache } from 'lru-cache';
import type { Call } from '../http/request-context.js';
import { Upstream } from '../http/upstream.js';

/** How long an answer is kept. */
const KEPT_MS = 1_000;
/** Coupons whose answers are kept. */
const KEPT_MAX = 1_000;

/**
 * How the places of coupons were issued, which costs a walk through all of them and is asked by everybody who watches:
 * those who ask for a coupon while it is read, or within a second, get the same answer. A refusal is kept for nobody.
 */
@Injectable()
export class IssuedPlaces {
  readonly #answers = new LRUCache<string, CouponPlaces, Call>({
    max: KEPT_MAX,
    ttl: KEPT_MS,
    ttlResolution: 0,
    perf: { now: () => performance.now() },
    // Whoever waits for what has no room any more gets it all the same.
    ignoreFetchAbort: true,
    fetchMethod: (couponId, _, { context }) => this.upstream.ask(readPlaces, { couponId }, context),
  });

  constructor(private readonly upstream: Upstream) {}

  /**
   * @param call the first of those who ask for a coupon at a time, whose request the read belongs to
   * @throws what {@link Upstream.ask} throws
   */
  async of(couponId: string, call: Call): Promise<CouponPlaces> {
    return await this.#answers.forceFetch(couponId, { context: call });
  }
}
