import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '@jangteo/infra';
import { adminToken, inGuestShop, makeDearProduct, type GuestShop } from './clients/guest-shop.js';
import { readReport, unexplained, type Explanation } from './clients/schemathesis-report.js';
import { NotHere, runAll, runProgram } from './clients/tooling.js';
import { counted } from './counted.js';
import { argumentsOf, interruptible, report, runToEnd } from './program.js';
import type { TestCount } from './test-run.js';

const VERSION = '4.32.5';
const EXPLAINED = join(projectRoot(), 'tools', 'clients', 'schemathesis-explained.json');

const help = `Usage: npm run test:schemathesis [-- --examples 20] [--seed 7]

Has schemathesis ${VERSION} make requests of the document that a running shop serves, as an admin and with all of its
checks, right ones and wrong ones, and hold every answer to the document. What it finds must be explained in
tools/clients/schemathesis-explained.json. Needs Python 3.10 or later and PyPI; what cannot be had is told as NOT TESTED.
Ends with \`N passed, N failed\`.
`;

const interruption = interruptible();

/** @throws NotHere where it cannot be had */
async function programIn(cache: string): Promise<string> {
  const environment = join(cache, `schemathesis-${VERSION}`);
  const program = join(environment, 'bin', 'schemathesis');
  if (existsSync(program)) return program;
  const pip = join(environment, 'bin', 'pip');
  await runAll([['python3', '-m', 'venv', environment]], cache);
  await runAll(
    [[pip, 'install', '--quiet', '--disable-pip-version-check', `schemathesis==${VERSION}`]],
    cache,
  );
  return program;
}

async function examine(shop: GuestShop, options: { examples: string; seed: string }): Promise<TestCount> {
  const program = await programIn(shop.cache);
  await makeDearProduct(shop);
  const found = join(shop.dir, 'found.json');
  const hooks = {
    SCHEMATHESIS_HOOKS: 'hooks',
    PYTHONPATH: join(projectRoot(), 'tools', 'clients', 'schemathesis'),
  };
  // Streams without an end: it would wait for it.
  const endless = ['--exclude-path-regex', '^/(admin|coupons/[^/]+)/live$'];
  const args = [
    'run',
    `${shop.url}/openapi.json`,
    ...endless,
    '--checks',
    'all',
    '--continue-on-failure',
    '--no-color',
  ];
  const more = ['--report', 'json', '--report-json-path', found, '--output-sanitize', 'false'];
  const bounds = ['--max-examples', options.examples, '--seed', options.seed, '--request-timeout', '40'];
  const token = ['--header', `Authorization: Bearer ${await adminToken(shop)}`];
  const { output } = await runProgram([program, ...args, ...more, ...bounds, ...token], shop.dir, hooks);
  if (!existsSync(found)) throw new Error(`schemathesis made no report:\n${output.slice(-4_000)}`);
  const { cases, findings } = readReport(await readFile(found, 'utf8'));
  const explanations = JSON.parse(await readFile(EXPLAINED, 'utf8')) as Explanation[];
  const left = unexplained(findings, explanations);
  if (left.length > 0) console.log(output);
  for (const { type, operation } of left) console.log(`FAILED ${type} of ${operation}, see above`);
  return { passed: cases, failed: left.length };
}

async function main(): Promise<boolean> {
  const { values } = argumentsOf({
    options: {
      examples: { type: 'string', default: '20' },
      seed: { type: 'string', default: '7' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return true;
  }
  return await counted(interruption, () =>
    inGuestShop(report, interruption, (shop) => examine(shop, values)).catch((error: unknown) => {
      if (!(error instanceof NotHere)) throw error;
      console.log(`######## NOT TESTED: schemathesis. ${error.message}`);
      return { passed: 0, failed: 0 };
    }),
  );
}

await runToEnd('test:schemathesis', interruption, main);
