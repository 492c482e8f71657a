import { SAGA_SERVICE } from '@jangteo/contracts';
import {
  batchBounds,
  recordOf,
  retryPauseMs,
  sizeAfterFailure,
  WHOLE,
  type SoldOrder,
} from '@jangteo/order/domain';
import type { PrintedRoute } from '../documents.js';
import { OrderRun } from './order-run.js';
import { Sequence } from './sequence.js';

const RULES = { retryMs: 1_000, retryMsMax: 60_000, batchMax: 100 };

/** Records of an order that succeeded and was cancelled, on their way to a platform that is away at first. */
export function platformDiagram(routes: readonly PrintedRoute[]): string {
  const sequence = new Sequence();
  const run = new OrderRun(routes);
  run.place({ looks: false });
  run.settle();
  run.cancel();
  run.settle();
  const { entries, sagas } = run.world.order;
  for (const { type } of entries) {
    sequence.call(SAGA_SERVICE, 'database', `an entry of ${type}, in the transaction that ends the order`);
  }
  sequence.note(SAGA_SERVICE, 'the relay of one replica leads');
  sequence.call(SAGA_SERVICE, 'database', `number what is committed: 1 to ${entries.length}`);
  const records = entries.map(({ type, orderId }, index) => {
    const order = sagas.get(orderId)?.order as SoldOrder;
    return recordOf({ ...order, sequence: index + 1, type });
  });
  const send = (): void =>
    sequence.call(SAGA_SERVICE, 'platform', records.map((one) => `${one.sequence} ${one.type}`).join(', '));
  send();
  sequence.fail('platform', SAGA_SERVICE, 'away');
  const { limit: most } = batchBounds(sizeAfterFailure(WHOLE, RULES), RULES);
  sequence.note(
    SAGA_SERVICE,
    `again in ${retryPauseMs(1, RULES)} ms, at most ${most} instead of ${RULES.batchMax} records`,
  );
  send();
  sequence.answer('platform', SAGA_SERVICE, 'confirmed');
  sequence.call(SAGA_SERVICE, 'database', `sent up to ${records.at(-1)?.sequence}`);
  return sequence.diagram();
}
