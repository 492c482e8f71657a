import { SERVICES } from '@jangteo/contracts';
import { AdminClient, type AdminAccess } from './admin-client.js';

/** The shop's answer to a step of a proof. */
interface ProofStep {
  readonly rows: number;
  readonly differences: readonly {
    readonly source: string;
    readonly book: string;
    readonly after: string;
    readonly upTo: string;
  }[];
  readonly next?: { readonly source: string; readonly after: string };
}

const STEP_DEADLINE_MS = 30_000;
const ROWS_A_LINE = 1_000_000;
/** A token lives shorter than a proof may take. */
const REFRESH_EVERY_MS = 300_000;

type Client = () => Promise<AdminClient>;

/** The client with a token that lives for some minutes more. */
function refreshing(client: AdminClient): Client {
  let untilMs = performance.now() + REFRESH_EVERY_MS;
  return async () => {
    if (performance.now() > untilMs) {
      await client.refresh();
      untilMs = performance.now() + REFRESH_EVERY_MS;
    }
    return client;
  };
}

const FIRST_ID = /^0{8}-/;

/** The time at which an order with this id was placed (UUIDv7), or '' where the id holds none. */
function timeOf(id: string): string {
  const ms = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
  return FIRST_ID.test(id) || ms > 8.64e15 ? '' : new Date(ms).toISOString();
}

function say(line: string): void {
  console.error(`  ${line}`);
}

async function proveService(client: Client, service: string): Promise<number> {
  let [rows, differences, line] = [0, 0, ROWS_A_LINE];
  let place: ProofStep['next'];
  do {
    const query = place === undefined ? '' : `?source=${place.source}&after=${place.after}`;
    const path = `/admin/audit/proof/${service}${query}`;
    const step = await (await client()).get<ProofStep>(path, STEP_DEADLINE_MS);
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
export async function prove(access: AdminAccess): Promise<number> {
  return await AdminClient.during(access, async (client) => {
    const refreshed = refreshing(client);
    let differences = 0;
    for (const service of SERVICES) differences += await proveService(refreshed, service);
    return differences;
  });
}
