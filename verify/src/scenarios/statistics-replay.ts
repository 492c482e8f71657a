import { setTimeout as sleep } from 'node:timers/promises';
import { report, type TestCount } from '@jangteo/tools';
import { Dice } from '../dice.js';
import type { ReplayPlace } from '../places/replay-place.js';
import { countOf, invariantLines, type Invariant } from '../report/invariants.js';
import { RecordMaker } from '../traffic/record-maker.js';
import { replayedFigures } from '../validate/replayed-figures.js';

const LOOK_EVERY_MS = 500;
/** Without a record more. */
const PATIENCE_MS = 300_000;
/** At which the job's memory is told. */
const SHARES = [0.1, 0.5, 1];
const MIB = 1_024 ** 2;
const TOLD_EVERY_MS = 15_000;

/** Runs this at most so often. */
function seldom(tell: (line: string) => void): (line: string) => void {
  let told = performance.now();
  return (line) => {
    if (performance.now() - told < TOLD_EVERY_MS) return;
    told = performance.now();
    tell(line);
  };
}

async function countedIn(place: ReplayPlace): Promise<number> {
  const [row] = await place.figures<{ count: number }>(
    'SELECT coalesce(sum(upper(its) - lower(its)), 0)::float8 AS count FROM progress, unnest(counted) AS its',
  );
  return row?.count ?? 0;
}

/** Has the job count all of it. @returns records a second, from its first batch on */
async function countAll(place: ReplayPlace, count: number): Promise<number> {
  await place.job.launch();
  const tell = seldom(report);
  const shares = [...SHARES];
  let first: { readonly counted: number; readonly atMs: number } | undefined;
  let latest = { counted: 0, atMs: performance.now() };
  while (latest.counted < count) {
    await sleep(LOOK_EVERY_MS);
    // Until the job has made its tables there is nothing to read.
    const counted = await countedIn(place).catch(() => 0);
    const atMs = performance.now();
    if (counted > latest.counted) {
      latest = { counted, atMs };
      first ??= latest;
    }
    if (atMs - latest.atMs > PATIENCE_MS)
      throw new Error(`only ${latest.counted} of ${count} records are counted`);
    tell(`    ${counted} counted`);
    while (shares[0] !== undefined && counted >= shares[0] * count) {
      const memory = (place.job.memoryBytes / MIB).toFixed(0);
      console.log(`memory of the job at ${shares.shift()! * 100} %: ${memory} MiB`);
    }
  }
  const since = first!;
  return ((latest.counted - since.counted) / (latest.atMs - since.atMs)) * 1_000;
}

/** Fills a topic, has the job count it, and compares every figure with what was made. */
export async function replay(place: ReplayPlace, count: number, seed: number): Promise<TestCount> {
  report(`Seed ${seed}: making ${count} records`);
  const maker = new RecordMaker(count, new Dice(seed));
  const tell = seldom(report);
  await place.fill(
    count,
    () => maker.next(),
    (sent) => tell(`    ${sent} made`),
  );
  report('Counting them');
  const perSecond = await countAll(place, count);
  console.log(`${count} records: ${perSecond.toFixed(0)} records/s`);
  report('Comparing every figure with what was made');
  const invariants: Invariant[] = await replayedFigures(place, maker);
  console.log(`\n${invariantLines(invariants)}\n`);
  return countOf(invariants);
}
