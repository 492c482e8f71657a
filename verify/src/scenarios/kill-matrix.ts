import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot, provideRedis, startInfrastructure } from '@jangteo/infra';
import {
  interruptible,
  localDir,
  makeTestDir,
  removeTestDir,
  report,
  runToEnd,
  testEnvironment,
} from '@jangteo/tools';
import { nameOf, type Cell } from './matrix/cells.js';
import { documentOf, tablesOf } from './matrix/document.js';
import { MatrixShop } from '../places/matrix-shop.js';
import { help, readMatrixOptions, type MatrixOptions } from './matrix/options.js';
import { checkPlatform } from '../validate/platform-file.js';
import { runCell, type Seen } from './matrix/run-cell.js';
import { story } from '../traffic/stories.js';

const DOCUMENT = join(projectRoot(), 'docs', 'kill-matrix.md');
/** Of shops in which something went wrong, the latest run's. */
const LOGS = join(localDir, 'kill-matrix');
const MINUTE_MS = 60_000;

const seen: Seen[] = [];
const startedAt = new Date().toISOString();
const began = performance.now();
const interruption = interruptible();

/** Goes through the cells, with another shop after each that has a fault. */
async function runCells(dir: string, redisUrl: string | undefined, cells: readonly Cell[]): Promise<void> {
  let matrix: MatrixShop | undefined;
  try {
    for (const cell of cells) {
      interruption.throwIfAborted();
      if (matrix === undefined) report('starting a shop');
      matrix ??= await MatrixShop.start(await mkdtemp(join(dir, 'shop-')), redisUrl);
      const one = await runCell(matrix, cell);
      seen.push(one);
      const at = `${seen.length}/${cells.length}`;
      if (one.fault === undefined) {
        report(`${at} green ${nameOf(cell)}: ${((one.recoveredMs ?? 0) / 1_000).toFixed(1)} s`);
        continue;
      }
      const logs = join(LOGS, String(seen.length));
      report(`${at} RED ${one.fault}\nlogs are in ${logs}`);
      await matrix.abandon(logs);
      matrix = undefined;
    }
    if (matrix !== undefined) await checkPlatform(matrix);
  } finally {
    await matrix?.abandon();
  }
}

/** Orders that are given up need other settings, and changing those takes a restart. */
function inOrderOfSettings(cells: readonly Cell[]): Cell[] {
  const isGivenUp = ({ story }: Cell): boolean => story.includes('given up');
  return [...cells.filter((cell) => !isGivenUp(cell)), ...cells.filter(isGivenUp)];
}

async function onOwnServers(cells: readonly Cell[]): Promise<void> {
  const dir = await makeTestDir('matrix-');
  Object.assign(process.env, testEnvironment(dir));
  const options = { dataDir: dir, onProgress: report, signal: interruption };
  try {
    const { postgresUrl, amqpUrl, stop } = await startInfrastructure(options);
    const redis = await provideRedis(options, process.env.REDIS_URL).catch((error: unknown) => {
      report(`without Redis: ${String(error)}`);
      return undefined;
    });
    Object.assign(process.env, { POSTGRES_URL: postgresUrl, AMQP_URL: amqpUrl });
    try {
      await runCells(dir, redis?.url, inOrderOfSettings(cells));
    } finally {
      await redis?.stop();
      await stop();
    }
  } finally {
    await removeTestDir(dir);
  }
}

async function run({ cells, kept, seed }: MatrixOptions): Promise<boolean> {
  // What nobody can make come about is known before anything is started.
  for (const cell of cells) story(cell.story);
  if (kept === undefined) report(`${cells.length} cells, seed ${seed}`);
  await rm(LOGS, { recursive: true, force: true });
  await onOwnServers(cells).catch((error: unknown) => {
    if (seen.length > 0) console.log(tablesOf(seen));
    throw error;
  });
  console.log(tablesOf(seen));
  const minutes = (performance.now() - began) / MINUTE_MS;
  if (kept !== undefined) {
    const all = [...kept, ...seen];
    await writeFile(DOCUMENT, documentOf({ seen: all, count: seen.length, startedAt, minutes }));
  }
  const red = seen.filter(({ fault }) => fault !== undefined);
  for (const { fault } of red) console.log(`RED ${fault}`);
  console.log(`\n${seen.length} cells, ${red.length} red`);
  return red.length === 0;
}

async function main(): Promise<boolean> {
  const document = await readFile(DOCUMENT, 'utf8').catch(() => '');
  const options = readMatrixOptions(process.argv.slice(2), document);
  if (!options.help && !options.list) return await run(options);
  console.log(options.help ? help : options.cells.map(nameOf).join('\n'));
  return true;
}

await runToEnd('kill-matrix', interruption, main);
