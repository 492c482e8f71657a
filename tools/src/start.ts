import { parseArgs } from 'node:util';
import { listenProblem } from '@jangteo/infra';
import type { AdminAccess } from './admin.js';
import { consoleAt } from './console-link.js';
import { demoLanguage, type DemoLanguage } from './demo-goods.js';
import { demoLogins, stockDemo } from './demo.js';
import { leaveLocalDir, makeLocalDir, shownLocalDir } from './paths.js';
import { interruptible, outliveReaders, untilInterrupted } from './program.js';
import { RunFile } from './run-file.js';
import { readLocalSecrets, type LocalSecrets } from './secrets.js';
import { localUrl, readSettings, shownUrl, type Settings } from './settings.js';
import { Shop } from './shop.js';

const help = `Usage: npm start [-- --empty]

Starts the whole shop on this machine: PostgreSQL, RabbitMQ and six services behind one gateway.
The first start puts products and coupons into it, an operator and a viewer; with --empty it begins without.
Ctrl-C stops all of it; the data stays in ${shownLocalDir}/ for the next start. To begin anew, delete ${shownLocalDir}/.

Environment, all of it optional:
  PORT              port of the gateway (3000)
  OPS_PORT          port of the gateway for metrics and the shop's health, on 127.0.0.1 (3010, or one that is free)
  HTTP_HOST         address the gateway listens on (127.0.0.1; 0.0.0.0 lets other machines in)
  POSTGRES_URL      a PostgreSQL to use; its user may create databases and roles
  AMQP_URL          a RabbitMQ to use
  WALLET_AMQP_URL   the same for one service alone, as a user of its own; so for each of the six
  ADMIN_EMAIL       the shop's first admin (admin@jangteo.local)
  ADMIN_PASSWORD    that admin's password (made at the first start and shown)
  DEMO_LANG         language of what the first start puts into the shop: ko or en (ko)
  DATA_PLATFORM_URL where successes and cancellations are sent (file ${shownLocalDir}/data-platform.ndjson)
  LOG_LEVEL         fatal, error, warn, info, debug or trace (info)
Everything else in the environment reaches the services as it is.
`;

const began = performance.now();
const report = (line: string) => {
  console.log(`${((performance.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${line}`);
};

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(help);
    return 0;
  }
  const settings = readSettings(process.env);
  const language = demoLanguage(process.env);
  await makeLocalDir();

  const interruption = AbortSignal.any([interruptible(), orphaned()]);
  interruption.addEventListener('abort', () => report('Stopping'));
  const place = { url: localUrl(settings.host, settings.port), adminEmail: settings.adminEmail };
  const run = await RunFile.claim(place, report);
  await checkPort(settings).catch(async (error: unknown) => {
    await run.remove();
    throw error;
  });
  const secrets = await readLocalSecrets();
  const shop = new Shop({ settings, secrets, run, report, signal: interruption });
  try {
    await shop.start();
    await stock(settings, secrets, options.empty ? undefined : language);
    await showTable(settings, secrets, shop.operatorsUrl);
    await untilInterrupted(interruption);
    return 0;
  } catch (error) {
    if (interruption.aborted) return 0;
    console.error(`\n${messageOf(error)}\n`);
    return 1;
  } finally {
    await shop.stop();
    await leaveLocalDir();
    report(`Stopped. The data is kept in ${shownLocalDir}/`);
  }
}

/** @throws naming what is no option of `npm start` */
function readOptions(args: string[]): { readonly empty: boolean; readonly help: boolean } {
  const { values } = parseArgs({
    args,
    options: {
      empty: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return values;
}

const accessOf = (settings: Settings, secrets: LocalSecrets): AdminAccess => ({
  url: localUrl(settings.host, settings.port),
  email: settings.adminEmail,
  password: settings.adminPassword ?? secrets.adminPassword,
});

/** The shop is open with or without demo data: what went wrong with it is told, no more. */
async function stock(
  settings: Settings,
  secrets: LocalSecrets,
  language: DemoLanguage | undefined,
): Promise<void> {
  const wanted = language && { language, passwords: secrets.demoPasswords };
  try {
    if (await stockDemo(accessOf(settings, secrets), wanted))
      report('Put demo products and coupons into the new shop');
  } catch (error) {
    report(`No demo data: ${messageOf(error)}`);
  }
}

/** Aborted when the process that started us is gone. */
function orphaned(): AbortSignal {
  const controller = new AbortController();
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== parent) controller.abort();
  }, 500);
  watch.unref();
  return controller.signal;
}

/** `localhost` may mean either loopback address, so somebody else on the other one is in the way as well. */
async function checkPort({ port, opsPort, opsHost, host }: Settings): Promise<void> {
  const hosts = host === '127.0.0.1' ? [host, '::1'] : [host];
  const problems = await Promise.all(hosts.map((address) => listenProblem(port, address)));
  if (problems.includes('EADDRINUSE')) {
    throw new Error(`Port ${port} is in use. Choose another one: PORT=${port + 1} npm start`);
  }
  if (opsPort !== undefined && (opsPort === port || (await listenProblem(opsPort, opsHost)) !== undefined)) {
    throw new Error(`Port ${opsPort} for operators is in use. Choose another one with OPS_PORT, or none.`);
  }
  if (problems[0] !== undefined)
    throw new Error(`The gateway cannot listen on ${host}:${port} (${problems[0]}).`);
}

async function showTable(settings: Settings, secrets: LocalSecrets, operatorsUrl: string): Promise<void> {
  const address = shownUrl(settings.host, settings.port);
  const docs = await fetch(localUrl(settings.host, settings.port, '/docs')).catch(() => undefined);
  const consoleAddress = await consoleAt(accessOf(settings, secrets));
  const password =
    settings.adminPassword === undefined ? secrets.adminPassword : '(as set in ADMIN_PASSWORD)';
  const logins = [
    { role: 'admin', email: settings.adminEmail, password },
    ...(await demoLogins(secrets.demoPasswords)),
  ];
  const width = Math.max(...logins.map(({ email }) => email.length));
  const rows = [
    ['Shop', address],
    ...(docs?.ok ? [['Docs', `${address}/docs`]] : []),
    ...(consoleAddress === undefined ? [] : [['Console', consoleAddress]]),
    ['Health', `${operatorsUrl}/health/shop`],
    ['Metrics', `${operatorsUrl}/metrics`],
    ...logins.map((login) => [
      `${login.role[0]!.toUpperCase()}${login.role.slice(1)}`,
      `${login.email.padEnd(width)}  ${login.password}`,
    ]),
    ['Logs', `${shownLocalDir}/logs/<service>.log`],
    ['Stop', 'Ctrl-C'],
  ];
  const table = rows.map(([name, value]) => `  ${name!.padEnd(10)}${value}`).join('\n');
  report('Ready\n');
  console.log(`${table}\n`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

outliveReaders();

process.exitCode = await main().catch((error: unknown) => {
  console.error(messageOf(error));
  return 1;
});
// Timers of the fetch pool and of the watches would hold the process for seconds.
process.exit();
