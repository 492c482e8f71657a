import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@jangteo/service';
import type { LoggedIn } from './domain/caller.js';
import { Remembered } from './domain/remembered.js';
import type { GatewayConfig } from './gateway.config.js';
import { Refused } from './refused.js';
import { security } from './security-log.js';

const WINDOW_MS = 60_000;
/** Users of whom one flow is counted at a time; beyond, who came least recently begins anew. */
const USERS_MAX = 50_000;

const FLOWS = {
  charges: 'CHARGES_PER_USER_PER_MINUTE',
  'declined charges': 'DECLINED_CHARGES_PER_USER_PER_MINUTE',
  orders: 'ORDERS_PER_USER_PER_MINUTE',
  'coupon issues': 'COUPON_ISSUES_PER_USER_PER_MINUTE',
} as const satisfies Record<string, keyof GatewayConfig>;

export type Flow = keyof typeof FLOWS;

interface Window {
  readonly untilMs: number;
  count: number;
}

/**
 * How much of what costs others something one user may ask for in a minute, whatever addresses they come from. Counted
 * in this process: it is there to stop scripts, not to meter customers. An admin is none of them.
 */
@Injectable()
export class FlowLimits {
  readonly #windows: Readonly<Record<Flow, Remembered<Window>>> = {
    charges: new Remembered(USERS_MAX),
    'declined charges': new Remembered(USERS_MAX),
    orders: new Remembered(USERS_MAX),
    'coupon issues': new Remembered(USERS_MAX),
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
    const now = Date.now();
    const window = this.#windows[flow].get(userId, now);
    if (role === 'admin' || window === undefined || window.count < this.config[FLOWS[flow]]) return;
    security.note('user-limited', { userId, flow });
    const waitSeconds = Math.max(1, Math.ceil((window.untilMs - now) / 1_000));
    throw new Refused({ code: 'RATE_LIMITED', detail: `too many ${flow}` }, waitSeconds);
  }

  count(flow: Flow, { userId }: LoggedIn): void {
    const windows = this.#windows[flow];
    const now = Date.now();
    const window = windows.get(userId, now);
    if (window === undefined) windows.set(userId, { untilMs: now + WINDOW_MS, count: 1 }, now + WINDOW_MS);
    else window.count += 1;
  }
}
