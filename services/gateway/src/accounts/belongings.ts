import { readOrderFigures, readWallet } from '@jangteo/contracts';
import type { Belongings } from '../domain/account.js';
import type { Call } from '../http/request-context.js';
import type { Upstream } from '../http/upstream.js';

/**
 * Asks for what an account has elsewhere. The wallet comes last: an order is on its way until its refund is committed, so
 * what is refunded meanwhile is seen in the one or in the other. Asked at once, the wallet may answer before the refund
 * and the orders after it.
 */
export async function readBelongings(
  upstream: Pick<Upstream, 'ask'>,
  userId: string,
  call: Call,
): Promise<Belongings> {
  const { onTheWay } = await upstream.ask(readOrderFigures, { userId }, call);
  const { currentBalance, pendingCharges } = await upstream.ask(readWallet, { userId }, call);
  return { currentBalance, pendingCharges, ordersOnTheWay: onTheWay };
}
