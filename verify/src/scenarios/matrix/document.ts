import { FAILPOINTS, type FailpointKind } from '@jangteo/testkit';
import { seconds } from '../../report/invariants.js';
import { hasStep, ROWS, type Cell, type Row } from './cells.js';
import type { Seen } from './run-cell.js';

interface Chapter {
  readonly title: string;
  readonly about: string;
}

export const CHAPTERS: Readonly<Record<FailpointKind, Chapter>> = {
  batch: {
    title: 'Messages from a queue',
    about:
      'At the service that reads the queue; of a command also at `order`, which reads the answer to it. ' +
      'The transaction is committed, what follows is published and confirmed, then the message is acknowledged.',
  },
  request: {
    title: 'Requests, at the gateway',
    about:
      'Before the request leaves, when it has left, and when the answer has come and the client has none.',
  },
  sweep: {
    title: 'What the saga says again',
    about:
      'A participant is silent, or the note that the broker has an event was lost: the sweeper has committed ' +
      'that it says it again, has published it, has its confirm.',
  },
  confirms: { title: 'The note that the broker has an event', about: 'Around its transaction.' },
  parking: {
    title: 'What cannot be handled',
    about:
      'On its way into the dead-letter queue: published there, confirmed, and acknowledged where it was.',
  },
  keeping: {
    title: 'Dead letters',
    about: 'On their way from the dead-letter queue into the table in which people find them.',
  },
  payment: {
    title: 'The payment of a charge',
    about:
      'The charge is stored and the provider not asked; it has answered; its answer is committed; who waits is ' +
      'told; the sweeper has taken the charge over.',
  },
  relay: {
    title: 'Records for the data platform',
    about: 'Numbered and not sent; received and not marked as sent; marked.',
  },
  ranking: { title: 'The calculation of what sells', about: 'Before and after its commit.' },
};

function figure(seen: Seen | undefined, hasCell: boolean): string {
  if (seen === undefined) return hasCell ? '?' : '–';
  return seen.recoveredMs === undefined ? '❌' : `✅ ${seconds(seen.recoveredMs)}`;
}

function isOf({ kind, service, type, story }: Row, cell: Cell): boolean {
  return cell.kind === kind && cell.service === service && cell.type === type && cell.story === story;
}

/** Names a row: a new message is a new row, and missing here until the matrix was run again. */
export function headOf({ service, type, story }: Row): string {
  return `| ${service} | \`${type}\` | ${story === type ? 'the request itself' : story} |`;
}

/** The position of a cell in the line of its row, counted from the row's head on. */
export function columnOf({ kind, step }: Cell): number {
  return 3 + (FAILPOINTS[kind] as readonly string[]).indexOf(step);
}

function lineOf(row: Row, seen: readonly Seen[]): string {
  const ours = seen.filter(({ cell }) => isOf(row, cell));
  const cells = FAILPOINTS[row.kind].map((step) => {
    const one = ours.find(({ cell }) => cell.step === step);
    return ` ${figure(one, hasStep(row, step))} |`;
  });
  return headOf(row) + cells.join('');
}

/** The rows of these cells as tables, a chapter for each kind of work. */
export function tablesOf(seen: readonly Seen[]): string {
  const rows = ROWS.filter((row) => seen.some(({ cell }) => isOf(row, cell)));
  const chapters = (Object.keys(CHAPTERS) as FailpointKind[]).flatMap((kind) => {
    const own = rows.filter((row) => row.kind === kind);
    if (own.length === 0) return [];
    const { title, about } = CHAPTERS[kind];
    const steps = FAILPOINTS[kind];
    const head = `| service | message | brought about by | ${steps.join(' | ')} |`;
    const rule = `|---|---|---|${steps.map(() => '---|').join('')}`;
    return [
      [`## ${title}`, about, [head, rule, ...own.map((row) => lineOf(row, seen))].join('\n')].join('\n\n'),
    ];
  });
  return chapters.join('\n\n');
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

export interface MatrixRun {
  /** All cells, those of earlier runs too. */
  readonly seen: readonly Seen[];
  /** Of the last run. */
  readonly count: number;
  readonly startedAt: string;
  readonly minutes: number;
}

/** The document of all cells. */
export function documentOf({ seen, count, startedAt, minutes }: MatrixRun): string {
  const times = seen.flatMap(({ recoveredMs }) => recoveredMs ?? []);
  const faults = seen.flatMap(({ fault }) => fault ?? []);
  return `# Kill matrix

Written by \`npm run kill-matrix\`; not by hand.

Each cell is one death: the service is killed (SIGKILL, by itself, at exactly this place in its code) the first time
that the message of the row passes there, and started again. ✅ means that the process did die there, and that after it

- whoever had asked got the one right answer, then and again under the same \`Idempotency-Key\`;
- every order and every charge ended by itself, and no message was left in any queue, dead letters included;
- everything was done once: orders, money, stock, coupons and carts differ by exactly one effect from before;
- the books of all services are exact, each for itself and between them (\`assertBooks\`), the ranking too; what the data
  platform has is compared at the cells about it and after the last one.

Requests that only read are left out: nothing of them lasts. A new message that writes is a new row by itself.

The figure is the time from the death to all of that, most of which is the start of a Node process on a busy machine.

${seen.length} cells, ${times.length} green: back after ${seconds(median(times))} in the middle, ${seconds(Math.max(0, ...times))} at most. The last
run was of ${count} cells, on ${startedAt.slice(0, 10)}, and took ${minutes.toFixed(0)} minutes.
${faults.map((fault) => `\n- ❌ ${fault.replaceAll('\n', ' ')}`).join('')}
${tablesOf(seen)}
`;
}
