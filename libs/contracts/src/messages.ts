import { auditParts, auditProofs, audits } from './audit.js';
import * as cart from './cart.js';
import * as catalog from './catalog.js';
import * as coupon from './coupon.js';
import { DEAD_LETTER_MESSAGES } from './dead-letters.js';
import { finds } from './find.js';
import * as live from './live.js';
import { operationReads } from './operations.js';
import * as order from './order.js';
import * as orderLists from './order-lists.js';
import { pings } from './ping.js';
import * as ranking from './ranking.js';
import * as redrive from './redrive.js';
import * as stuckSagas from './stuck-sagas.js';
import * as timeline from './timeline.js';
import * as wallet from './wallet.js';
import type { MessageContract } from './message.js';

function isContract(value: unknown): value is MessageContract {
  return typeof value === 'object' && value !== null && 'kind' in value && 'payload' in value;
}

/** Every message that services exchange: what contract tests and documents go through. */
export const MESSAGES: readonly MessageContract[] = [
  ...[wallet, catalog, coupon, cart, order, orderLists, ranking, stuckSagas, redrive, timeline, live].flatMap(
    (module) => Object.values(module).filter(isContract),
  ),
  ...[
    pings,
    finds,
    operationReads,
    audits,
    auditParts,
    auditProofs,
    timeline.orderRows,
    live.readLoads,
  ].flatMap((ofServices) => Object.values(ofServices)),
  ...DEAD_LETTER_MESSAGES,
];
