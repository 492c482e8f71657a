import type { QueueRole } from '@jangteo/contracts';
import type { Delivery } from './message.types.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/**
 * The ids by which a message tells what rows it may need, as others that share one may. The rows that the reply to a
 * command needs are its order's; what else it names is somebody else's.
 */
export function idsOf({ payload, correlationId }: Delivery, role: QueueRole): Set<string> {
  return idsIn(role === 'replies' ? correlationId : payload);
}

/** Every id that a payload names. */
function idsIn(payload: unknown, found = new Set<string>()): Set<string> {
  if (typeof payload === 'string') {
    if (UUID.test(payload)) found.add(payload.toLowerCase());
  } else if (typeof payload === 'object' && payload !== null) {
    for (const value of Object.values(payload)) idsIn(value, found);
  }
  return found;
}
