import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@jangteo/service';
import type { LoggedIn } from '../domain/caller.js';
import type { GatewayConfig } from '../gateway.config.js';
import { Refused } from './refusal-error.js';
import { security } from '../accounts/security-log.js';
import { WindowCounter } from './window-counter.js';

/** Users of whom one flow is counted at a time; beyond, who came least recently begins anew. */
const USERS_MAX = 50_000;

const FLOWS = {
  charges: 'CHARGES_PER_USER_PER_MINUTE',
  'declined charges': 'DECLINED_CHARGES_PER_USER_PER_MINUTE',
  orders: 'ORDERS_PER_USER_PER_MINUTE',
  'coupon issues': 'COUPON_ISSUES_PER_USER_PER_MINUTE',
} as const satisfies Record<string, keyof GatewayConfig>;

export type Flow = keyof typeof FLOWS;

/**
 * Limits per user and minute for what costs others something, whatever addresses the user comes from. An admin may ask
 * for any amount.
 */
@Injectable()
export class FlowLimits {
  readonly #counters: Readonly<Record<Flow, WindowCounter>> = {
    charges: new WindowCounter(USERS_MAX),
    'declined charges': new WindowCounter(USERS_MAX),
    orders: new WindowCounter(USERS_MAX),
    'coupon issues': new WindowCounter(USERS_MAX),
  };

  constructor(@Inject(CONFIG) private readonly config: Pick<GatewayConfig, (typeof FLOWS)[Flow]>) {}

  /**
   * Counts one more.
   *
   * @throws Refused with RATE_LIMITED beyond the limit
   */
  take(flow: Flow, caller: LoggedIn): void {
    this.look(flow, caller);
    this.count(flow, caller);
  }

  /** @throws Refused with RATE_LIMITED where the limit was reached */
  look(flow: Flow, { userId, role }: LoggedIn): void {
    const { count, leftMs } = this.#counters[flow].look(userId);
    if (role === 'admin' || count < this.config[FLOWS[flow]]) return;
    security.note('user-limited', { userId, flow });
    throw new Refused({ code: 'RATE_LIMITED', detail: `too many ${flow}` }, Math.ceil(leftMs / 1_000));
  }

  count(flow: Flow, { userId }: LoggedIn): void {
    this.#counters[flow].count(userId);
  }
}
