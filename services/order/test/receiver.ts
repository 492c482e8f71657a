import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isDeepStrictEqual } from 'node:util';
import { eventually, type ProvidedPython } from '@jangteo/testkit';
import { readRecords } from '../src/data-platform/relay.queries.js';
import type { Desk } from './desk.js';

const EXAMPLES = join(import.meta.dirname, '..', '..', '..', 'docs', 'examples');

/** Units of each product that the records themselves tell of. */
export async function unitsSold({ database }: Desk): Promise<Record<string, number>> {
  const units: Record<string, number> = {};
  for (const { type, items } of await readRecords(database, 0, { limit: 1_000, bytesMax: 2 ** 30 })) {
    for (const { productId, quantity } of items) {
      units[productId] = (units[productId] ?? 0) + (type === 'order.cancelled' ? -quantity : quantity);
    }
  }
  return units;
}

/** One of the receivers in docs/examples, as a program with a database of its own. */
export class Receiver {
  #child: ChildProcess | undefined;
  #said = '';

  private constructor(
    private readonly example: string,
    private readonly python: ProvidedPython,
    private readonly folder: string,
  ) {}

  static async of(example: string, python: ProvidedPython): Promise<Receiver> {
    return new Receiver(example, python, await mkdtemp(join(tmpdir(), 'receiver-')));
  }

  /** What it has written. */
  get said(): string {
    return this.#said;
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
    if ('problem' in this.python) throw new Error(this.python.problem);
    const { program, env: its } = this.python;
    const all = [join(EXAMPLES, this.example), '--database', this.#file, ...args];
    const child = spawn(program, all, { env: { ...its, PYTHONDONTWRITEBYTECODE: '1', ...env } });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (this.#said += chunk.toString()));
    }
    this.#child = child;
  }

  /** Ends it in order, or as a power cut would; what it has counted stays. */
  async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  /** Units sold of each product; none while there is nothing to read. */
  units(): Record<string, number> {
    const database = new DatabaseSync(this.#file, { timeout: 10_000 });
    try {
      const rows = database.prepare('SELECT product_id AS id, units FROM sales').all();
      return Object.fromEntries(rows.map(({ id, units }) => [String(id), Number(units)]));
    } finally {
      database.close();
    }
  }

  /** Waits until it has counted this, and says what it has written where it does not. */
  async untilCounted(units: Readonly<Record<string, number>>): Promise<void> {
    await eventually(() => isDeepStrictEqual(this.units(), units), {
      everyMs: 100,
      deadlineMs: 120_000,
    }).catch((cause: unknown) => {
      throw new Error(`${this.example} has not counted that. It said:\n${this.#said}`, { cause });
    });
  }

  async dispose(): Promise<void> {
    await this.end('SIGKILL');
    await rm(this.folder, { recursive: true });
  }

  get #file(): string {
    return join(this.folder, 'sales.db');
  }
}
