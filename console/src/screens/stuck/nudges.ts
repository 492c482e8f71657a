import type { Jangteo, StuckSaga } from '@jangteo/client';
import { Undertakings } from '../../operations/undertakings.js';

/** Sagas that were nudged together since the page was opened, by the key of what was asked. */
export const nudges = new Undertakings<readonly StuckSaga[]>();

let asked = 0;

/**
 * Nudges one saga, or all without progress for so long, round by round.
 * @param sagas those that are meant, as they were seen
 * @returns the key under which what comes of it is found
 */
export function nudge({ admin }: Jangteo, sagas: readonly StuckSaga[], olderThanSeconds?: number): string {
  asked += 1;
  const key = `nudge ${asked}`;
  void nudges.start(key, sagas, sagas.length, async (cursor, idempotencyKey) => {
    if (olderThanSeconds === undefined) {
      const { operationId } = await admin.nudgeSaga(sagas[0]!.orderId, { idempotencyKey });
      return { sent: 1, operationId };
    }
    const choice = { olderThanSeconds, ...(cursor === undefined ? {} : { cursor }) };
    const { nudged, next, operationId } = await admin.nudgeSagas(choice, { idempotencyKey });
    return { sent: nudged, operationId, next };
  });
  return key;
}
