import { argumentsOf, UsageError } from '@jangteo/tools';
import { CELLS, nameOf, type Cell } from './cells.js';
import { greenIn } from './document-reading.js';
import type { Seen } from './run-cell.js';

export const help = `Usage: npm run kill-matrix [-- <options>]

Starts a shop of its own whose processes can be killed at every step of their work, and for each step of each
service with each message: kills it there, brings it back, and checks that who had asked gets the same answer
under the same Idempotency-Key, that it was done once, and that the books are exact. Ends with 1 when a cell is
not green. All of it takes a quarter to half an hour, and writes docs/kill-matrix.md.

  --only <text>      cells whose name has it, such as 'wallet.debit', 'batch.published' or 'gateway'
  --missing          cells that docs/kill-matrix.md has not, or not green, such as those of a new message
  --sample <n>       so many cells, chosen at random
  --seed <text>      chooses the same ones again
  --list             only names the cells
  -h, --help

With --only or --sample nothing is written.
`;

export interface MatrixOptions {
  readonly cells: readonly Cell[];
  /** Cells of the document that stay as they are; undefined where the document is left alone. */
  readonly kept: readonly Seen[] | undefined;
  readonly seed: string;
  readonly list: boolean;
}

/** FNV-1a: spreads cells evenly and the same way everywhere. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** So many cells, the same ones for the same seed, of as many kinds of work as possible. */
export function sampleOf(cells: readonly Cell[], count: number, seed: string): Cell[] {
  const shuffled = cells.toSorted((a, b) => hashOf(seed + nameOf(a)) - hashOf(seed + nameOf(b)));
  const byKind = [...Map.groupBy(shuffled, ({ kind, service }) => `${kind} ${service}`).values()];
  const kinds = byKind.toSorted((a, b) => hashOf(seed + nameOf(a[0]!)) - hashOf(seed + nameOf(b[0]!)));
  const rounds = Math.max(...kinds.map(({ length }) => length), 0);
  const inTurn = Array.from({ length: rounds }, (_, round) => kinds.flatMap((kind) => kind[round] ?? []));
  return inTurn.flat().slice(0, count);
}

/** @param document as the last run left it @throws UsageError */
export function readMatrixOptions(args: readonly string[], document: string): MatrixOptions {
  const { values } = argumentsOf({
    args: [...args],
    options: {
      only: { type: 'string' },
      missing: { type: 'boolean', default: false },
      sample: { type: 'string' },
      seed: { type: 'string' },
      list: { type: 'boolean', default: false },
    },
  });
  const { only, missing, sample, list } = values;
  const seed = values.seed ?? String(Date.now());
  const kept = missing ? greenIn(document) : [];
  const keptNames = new Set(kept.map(({ cell }) => nameOf(cell)));
  const chosen = CELLS.filter((cell) => !keptNames.has(nameOf(cell)) && nameOf(cell).includes(only ?? ''));
  if (chosen.length === 0 && !missing)
    throw new UsageError(`no cell has ${only} in its name; --list shows them`);
  if (sample !== undefined && !/^[1-9]\d*$/.test(sample)) throw new UsageError('--sample must be 1 or more');
  const cells = sample === undefined ? chosen : sampleOf(chosen, Number(sample), seed);
  const isPart = only !== undefined || sample !== undefined;
  return { cells, kept: isPart ? undefined : kept, seed, list };
}
