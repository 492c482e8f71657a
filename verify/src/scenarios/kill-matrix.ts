import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot, provideRedis, startInfrastructure } from '@jangteo/infra';
import { localDir, makeTestDir, removeTestDir, report, testEnvironment } from '@jangteo/tools';
import { MatrixShop } from '../places/matrix-shop.js';
import { keepLogs } from '../places/place.js';
import { seconds } from '../report/invariants.js';
import { story } from '../traffic/stories.js';
import { nameOf, type Cell } from './matrix/cells.js';
import { documentOf, tablesOf } from './matrix/document.js';
import { help, readMatrixOptions, type MatrixOptions } from './matrix/options.js';
import { runCell, type Seen } from './matrix/run-cell.js';
import type { Scenario } from './scenario.js';

const DOCUMENT = join(projectRoot(), 'docs', 'kill-matrix.md');
/** Logs of shops in which something went wrong, the latest run's. */
const LOGS = 'kill-matrix';
const MINUTE_MS = 60_000;

/** The servers of a run, and what came of its cells. */
interface Run {
  readonly dir: string;
  readonly redisUrl: string | undefined;
  readonly interruption: AbortSignal;
  readonly seen: Seen[];
}

/** Goes through the cells, with another shop after each that has a fault. */
async function runCells({ dir, redisUrl, interruption, seen }: Run, cells: readonly Cell[]): Promise<void> {
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
        report(`${at} green ${nameOf(cell)}: ${seconds(one.recoveredMs ?? 0)}`);
        continue;
      }
      report(`${at} RED ${one.fault}`);
      await keepLogs(matrix, join(LOGS, String(seen.length)));
      await matrix.stop();
      matrix = undefined;
    }
    await matrix?.assertPlatform();
  } finally {
    await matrix?.stop();
  }
}

/** Orders that are given up need other settings, and changing those takes a restart. */
function inOrderOfSettings(cells: readonly Cell[]): Cell[] {
  const isGivenUp = ({ story }: Cell): boolean => story.includes('given up');
  return [...cells.filter((cell) => !isGivenUp(cell)), ...cells.filter(isGivenUp)];
}

async function onOwnServers(cells: readonly Cell[], seen: Seen[], signal: AbortSignal): Promise<void> {
  const dir = await makeTestDir('matrix-');
  Object.assign(process.env, testEnvironment(dir));
  const options = { dataDir: dir, onProgress: report, signal };
  try {
    const { postgresUrl, amqpUrl, stop } = await startInfrastructure(options);
    const redis = await provideRedis(options, process.env.REDIS_URL).catch((error: unknown) => {
      report(`without Redis: ${String(error)}`);
      return undefined;
    });
    Object.assign(process.env, { POSTGRES_URL: postgresUrl, AMQP_URL: amqpUrl });
    try {
      const run = { dir, redisUrl: redis?.url, interruption: signal, seen };
      await runCells(run, inOrderOfSettings(cells));
    } finally {
      await redis?.stop();
      await stop();
    }
  } finally {
    await removeTestDir(dir);
  }
}

async function runMatrix({ cells, kept, seed }: MatrixOptions, interruption: AbortSignal): Promise<boolean> {
  const seen: Seen[] = [];
  const [startedAt, began] = [new Date().toISOString(), performance.now()];
  // What nobody can make come about is known before anything is started.
  for (const cell of cells) story(cell.story);
  if (kept === undefined) report(`${cells.length} cells, seed ${seed}`);
  await rm(join(localDir, LOGS), { recursive: true, force: true });
  await onOwnServers(cells, seen, interruption).catch((error: unknown) => {
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

export const killMatrix: Scenario = {
  help,
  async run(args, interruption) {
    const document = await readFile(DOCUMENT, 'utf8').catch(() => '');
    const options = readMatrixOptions(args, document);
    if (!options.list) return await runMatrix(options, interruption);
    console.log(options.cells.map(nameOf).join('\n'));
    return true;
  },
};
