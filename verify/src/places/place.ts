import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { localDir, makeTestDir, removeTestDir, report } from '@jangteo/tools';

/** A shop that is tried, wherever it runs. */
export interface Place {
  /** Everything that its programs have written, by the name of a file. */
  logs(): Promise<Readonly<Record<string, string>>>;
  /** Takes everything down, whatever state it is in. */
  stop(): Promise<void>;
}

/** Writes the logs of a place into a folder below .local, where they outlast it. */
export async function keepLogs(place: Place, folder: string): Promise<void> {
  const kept = join(localDir, folder);
  await mkdir(kept, { recursive: true });
  for (const [name, text] of Object.entries(await place.logs())) await writeFile(join(kept, name), text);
  report(`Logs: ${kept}`);
}

/** The way to try a place: what is to be opened, and what is to be done there. */
export interface Visit<P extends Place, R> {
  /** Begins the names of the folder of everything that is written. */
  readonly prefix: 'chaos-' | 'compose-' | 'statistics-';
  /** Ends the names of the folder of logs, where they are kept. */
  readonly suffix?: string;
  readonly interruption: AbortSignal;
  open(dir: string): Promise<P>;
  work(place: P, dir: string): Promise<R>;
  /** Tells a result for which logs are kept; for a failure they are in any case. */
  isBad(result: R): boolean;
}

/** Opens a place in a folder of its own, works there, keeps its logs where that ended badly, and takes all of it down. */
export async function tryPlace<P extends Place, R>(visit: Visit<P, R>): Promise<R> {
  const { prefix, suffix = '', interruption } = visit;
  const dir = await makeTestDir(prefix);
  let place: P | undefined;
  let isGood = false;
  try {
    place = await visit.open(dir);
    const result = await visit.work(place, dir);
    isGood = !visit.isBad(result);
    return result;
  } finally {
    if (place !== undefined) {
      const folder = `${prefix}logs/${new Date().toISOString().replaceAll(':', '-')}${suffix}`;
      const told = (error: unknown): void => report(String(error));
      // What goes wrong now must not stand in the place of what went wrong before.
      if (!isGood && !interruption.aborted) await keepLogs(place, folder).catch(told);
      report('Taking everything down');
      await (isGood ? place.stop() : place.stop().catch(told));
    }
    await removeTestDir(dir);
  }
}
