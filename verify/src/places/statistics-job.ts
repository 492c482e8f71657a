import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  isGoneWithin,
  markOf,
  openLog,
  projectRoot,
  signalProcess,
  startDaemon,
  type ProcessMark,
} from '@jangteo/infra';
import { report, testEnvironment, usageOf } from '@jangteo/tools';

export const JOB = join(projectRoot(), 'jobs', 'statistics');

const GONE_MS = 30_000;
/** Of one that cannot do its work, more would only fill its log. */
const RETURNS_MAX = 20;
/** As in the image. */
const HEAP = '640m';
/** Small batches, so that there are many, and a kill is in the middle of one. */
const TRIAL = { STATISTICS_BATCH_MAX: '500', STATISTICS_INTERVAL_SECONDS: '1' };

/** Variables for Spark on this machine, wherever the job or its tests run. @param dir for all that it writes */
export function sparkEnvironment(python: string, dir: string, cores = 1): NodeJS.ProcessEnv {
  return {
    ...testEnvironment(dir),
    // Of another Spark.
    SPARK_HOME: undefined,
    PYTHONPATH: undefined,
    PYSPARK_PYTHON: python,
    PYSPARK_SUBMIT_ARGS: `--master local[${cores}] --driver-memory ${HEAP} pyspark-shell`,
    PYTHONDONTWRITEBYTECODE: '1',
    SPARK_LOCAL_IP: '127.0.0.1',
  };
}

export interface JobOptions {
  /** With Spark and the job's packages. */
  readonly python: string;
  /** For its checkpoint and its log. */
  readonly dir: string;
  /** host:port */
  readonly kafka: string;
  readonly topic: string;
  readonly databaseUrl: string;
  /** One unless told. */
  readonly cores?: number;
  /** Variables besides; in a trial batches are small. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** The job of jobs/statistics as a process, with Spark in it. One that ends by itself is started again, as by compose. */
export class StatisticsJob {
  #mark: ProcessMark | undefined;
  #starting = Promise.resolve();
  #isStopped = true;
  /** Since it was launched. */
  #returns = 0;

  constructor(private readonly options: JobOptions) {}

  get logPath(): string {
    return join(this.options.dir, 'statistics.log');
  }

  async launch(): Promise<void> {
    this.#isStopped = false;
    this.#returns = 0;
    await this.#start();
  }

  /** SIGKILL to it and to its Java. */
  async kill(): Promise<void> {
    this.#isStopped = true;
    // One that is being started by now would outlive this.
    await this.#starting.catch(() => undefined);
    const mark = this.#mark;
    if (mark === undefined) return;
    this.#mark = undefined;
    signalProcess(-mark.pid, 'SIGKILL');
    if (!(await isGoneWithin(mark, GONE_MS))) throw new Error('the statistics job does not end');
  }

  async #start(): Promise<void> {
    this.#starting = this.#startProcess();
    await this.#starting;
  }

  async #startProcess(): Promise<void> {
    const { python, dir, kafka, topic, databaseUrl, cores, settings = TRIAL } = this.options;
    const log = await openLog(this.logPath);
    const env = {
      ...sparkEnvironment(python, dir, cores),
      STATISTICS_KAFKA: kafka,
      STATISTICS_TOPIC: topic,
      STATISTICS_DATABASE_URL: databaseUrl,
      STATISTICS_CHECKPOINT: this.#checkpoint,
      ...settings,
    };
    const args = [join(JOB, 'sales_statistics.py')];
    const started = startDaemon(python, args, { env, cwd: dir, output: log.fd });
    const child = await started.finally(() => void log.close());
    const mark = markOf(child.pid);
    this.#mark = mark;
    child.once('exit', () => {
      // That of one that was killed may come when the next one starts.
      if (this.#isStopped || this.#mark !== mark || this.#returns === RETURNS_MAX) return;
      this.#returns += 1;
      report('    the job has ended, and is started again');
      this.#start().catch((error: unknown) => report(String(error)));
    });
  }

  /** Of it and of its Java; 0 where it does not run or the system does not tell. */
  get memoryBytes(): number {
    const mark = this.#mark;
    if (mark === undefined) return 0;
    return usageOf(new Map([['job', [mark.pid]]]))?.get('job')?.memoryBytes ?? 0;
  }

  /** Of a job that does not run. */
  async loseCheckpoint(): Promise<void> {
    await rm(this.#checkpoint, { recursive: true });
  }

  /** The batches that it has told of so far, those of earlier starts too. */
  async batches(): Promise<number> {
    const log = await readFile(this.logPath, 'utf8').catch(() => '');
    return log.match(/ batch \d+: /g)?.length ?? 0;
  }

  get #checkpoint(): string {
    return join(this.options.dir, 'checkpoint');
  }
}
