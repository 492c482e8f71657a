const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** Every id that a payload names: of two messages that share one, both may need the same rows. */
export function idsIn(payload: unknown, found = new Set<string>()): Set<string> {
  if (typeof payload === 'string') {
    if (UUID.test(payload)) found.add(payload.toLowerCase());
  } else if (typeof payload === 'object' && payload !== null) {
    for (const value of Object.values(payload)) idsIn(value, found);
  }
  return found;
}
