import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { accessHelp, adminAccess, AdminClient } from './admin-client.js';
import { prove } from './audit-proof.js';
import { auditTable, type AuditReport } from './audit-table.js';

const help = `Usage: npm run audit [-- <options>]

Asks a running shop to audit its books, and shows what it finds: money, stock, coupons, ranking, records for the
data platform, and orders without progress. Orders may go on meanwhile.

  --json            the shop's answer as it is
  --from-nothing    before that, count all rows again of which sums are kept, and say where these differ: for after a
                    restore, a change by hand, or once a month. Takes minutes where there are millions of orders
  --watch <s>       again every so many seconds, until Ctrl-C
  -h, --help
${accessHelp}

Ends with 0 when everything is sound, 1 when it is not, 2 when that could not be found out: the shop does not answer,
or a part of it does not.
`;

/** An audit gives up before, and the one that is under way before it. */
const DEADLINE_MS = 300_000;

const SOUND = 0;
const UNSOUND = 1;
const UNKNOWN = 2;

function readOptions(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      url: { type: 'string' },
      json: { type: 'boolean', default: false },
      'from-nothing': { type: 'boolean', default: false },
      watch: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { watch, ...rest } = values;
  if (watch === undefined) return rest;
  const seconds = Number(watch);
  if (seconds >= 1) return { ...rest, watchSeconds: seconds };
  throw new Error(`--watch takes a number of seconds, not "${watch}"`);
}

function verdictOf({ isSound, checks }: AuditReport): number {
  if (isSound) return SOUND;
  return checks.some(({ findings }) => findings > 0) ? UNSOUND : UNKNOWN;
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(help);
    return SOUND;
  }
  const access = await adminAccess(options.url);
  for (;;) {
    const differences = options['from-nothing'] ? await prove(access) : 0;
    // Logged in each time: a token lives shorter than people watch, and the shop may have been restored meanwhile.
    const report = await AdminClient.during(access, (client) =>
      client.get<AuditReport>('/admin/audit', DEADLINE_MS),
    );
    console.log(options.json ? JSON.stringify(report, undefined, 2) : auditTable(report));
    if (!('watchSeconds' in options)) return differences > 0 ? UNSOUND : verdictOf(report);
    await pause(options.watchSeconds * 1_000);
  }
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return UNKNOWN;
});
