import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcess, isRunning, markOf, writePrivate, type ProcessMark } from '@jangteo/infra';
import { localDir } from './paths.js';

/** The processes of a run, written down so that the next run can clear up after a killed one. */
interface RunRecord {
  /** The process that keeps everything running: ours. */
  readonly starter: ProcessMark;
  /** The command that the user sees and may have killed. */
  readonly command: ProcessMark;
  readonly stopping: boolean;
  readonly services: Readonly<Record<string, ProcessMark>>;
  /** Missing in what an earlier release has written. */
  readonly shop?: ShopPlace;
}

/** Where a shop is to be found, and who its first admin is. */
export interface ShopPlace {
  readonly url: string;
  readonly adminEmail: string;
}

const path = join(localDir, 'run.json');
const stopLimitMs = 60_000;

/** The shop runs already, under the command with this pid. */
export class AlreadyRunning extends Error {
  constructor(readonly pid: number) {
    super(`The shop runs already (process ${pid}). Stop it with Ctrl-C there, or: kill ${pid}`);
  }
}

export class RunFile {
  #record: RunRecord;
  #saved: Promise<void> = Promise.resolve();

  private constructor(record: RunRecord) {
    this.#record = record;
  }

  /**
   * Takes the place of an earlier run: waits for one that is stopping, ends what a killed one left.
   * @param shop what others may read of it as long as this process runs
   * @throws AlreadyRunning when the earlier run is well and its command is still there
   */
  static async claim(shop: ShopPlace, onProgress: (step: string) => void): Promise<RunFile> {
    const earlier = await read();
    if (earlier) await clearUp(earlier, onProgress);
    const starter = ownMark(process.pid);
    const record = { starter, command: commandMark(starter), stopping: false, services: {}, shop };
    const run = new RunFile(record);
    await run.#save();
    // Of two starts at the same moment, the one that wrote last goes on.
    await sleep(100);
    const winner = await read();
    if (winner?.starter.pid !== starter.pid) throw new AlreadyRunning(winner?.command.pid ?? 0);
    return run;
  }

  async addService(name: string, mark: ProcessMark): Promise<void> {
    await this.#change({ services: { ...this.#record.services, [name]: mark } });
  }

  async markStopping(): Promise<void> {
    await this.#change({ stopping: true });
  }

  async remove(): Promise<void> {
    await rm(path, { force: true });
  }

  async #change(change: Partial<RunRecord>): Promise<void> {
    this.#record = { ...this.#record, ...change };
    await this.#save();
  }

  /** One after the other: services start at the same time, and the last to be written must know all. */
  #save(): Promise<void> {
    // What could not be written, as on a full disk, must not keep the next from being tried.
    const before = this.#saved.catch(() => undefined);
    this.#saved = before.then(() => writePrivate(path, JSON.stringify(this.#record)));
    return this.#saved;
  }
}

/** Where the shop is that `npm start` of this folder keeps running now, if it does. */
export async function runningShop(): Promise<ShopPlace | undefined> {
  const record = await read();
  return record !== undefined && isRunning(record.starter) ? record.shop : undefined;
}

async function clearUp(earlier: RunRecord, onProgress: (step: string) => void): Promise<void> {
  if (isRunning(earlier.starter)) {
    if (isRunning(earlier.command) && !earlier.stopping) throw new AlreadyRunning(earlier.command.pid);
    onProgress('Waiting for the previous run to stop');
    await endProcess(earlier.starter, 'SIGTERM', stopLimitMs);
  }
  const left = Object.values(earlier.services).filter(isRunning);
  if (left.length > 0) onProgress('Stopping what a killed run left behind');
  await Promise.all(left.map((mark) => endProcess(mark, 'SIGTERM', 10_000)));
}

async function read(): Promise<RunRecord | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as RunRecord);
}

function commandMark(starter: ProcessMark): ProcessMark {
  const pid = Number(process.env.JANGTEO_COMMAND_PID);
  return (Number.isInteger(pid) ? markOf(pid) : undefined) ?? starter;
}

function ownMark(pid: number): ProcessMark {
  const mark = markOf(pid);
  if (!mark) throw new Error('This system does not show when a process began (no /proc and no ps).');
  return mark;
}
