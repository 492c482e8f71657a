import type { AuditProof, Jangteo, ServiceName } from '../src/index.js';

const ROWS_A_LINE = 1_000_000;

const FIRST_ID = /^0{8}-/;

/** The time at which an order with this id was placed (UUIDv7), or '' where the id holds none. */
function timeOf(id: string): string {
  const ms = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
  return FIRST_ID.test(id) || ms > 8.64e15 ? '' : new Date(ms).toISOString();
}

type Say = (line: string) => void;

async function proveService(shop: Jangteo, service: ServiceName, say: Say): Promise<number> {
  let [rows, differences, line] = [0, 0, ROWS_A_LINE];
  let place: AuditProof['next'];
  do {
    const step: AuditProof = await shop.admin.proveAudit(service, place);
    rows += step.rows;
    differences += step.differences.length;
    for (const { book, after, upTo, source } of step.differences) {
      say(
        `${service}: the kept sum ${book} (${source}) DIFFERS, orders from ${timeOf(after)} to ${timeOf(upTo)}`,
      );
    }
    if (rows >= line) {
      say(`${service}: ${rows} rows counted again, up to ${timeOf(step.next?.after ?? '')}`);
      line += ROWS_A_LINE;
    }
    place = step.next;
  } while (place !== undefined);
  say(
    `${service}: ${rows} rows counted again, ${differences === 0 ? 'all as kept' : `${differences} WRONG`}`,
  );
  return differences;
}

/**
 * Counts again all of which sums are kept, one service after the other, and tells how far it is.
 * @returns how many kept sums differ from what there is
 */
export async function prove(shop: Jangteo, services: readonly ServiceName[], say: Say): Promise<number> {
  let differences = 0;
  for (const service of services) {
    differences += await proveService(shop, service, (line) => say(`  ${line}`));
  }
  return differences;
}
