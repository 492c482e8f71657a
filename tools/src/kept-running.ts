import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '@jangteo/contracts';
import type { ProcessMark, ServiceProcess } from '@jangteo/infra';

export interface Keeping {
  /** Ends the pauses between two starts. */
  readonly signal: AbortSignal;
  readonly onStart: (mark: ProcessMark) => Promise<void>;
  readonly report: (line: string) => void;
}

const RESTARTS = { retryMs: 500, retryMsMax: 15_000 };
/** A service that served this long was well: the next restart is immediate again. */
const WELL_AFTER_MS = 60_000;

/** A service that is kept running: when it dies, it is started again. */
export class KeptRunning {
  #isStopping = false;
  #restarts = 0;
  #revival: Promise<void> | undefined;

  constructor(
    private readonly process: ServiceProcess,
    private readonly keeping: Keeping,
  ) {}

  /**
   * Starts it and waits until it is ready.
   * @throws with the end of its log when it does not become ready, or what `onStart` throws; it does not run then
   */
  async start(): Promise<void> {
    await this.process.launch();
    try {
      await this.keeping.onStart(this.process.mark);
    } catch (error) {
      // Written down nowhere, nobody would find it.
      await this.#end();
      throw error;
    }
    await this.process.untilReady();
    const readySince = Date.now();
    void this.process.ended().then((end) => {
      this.#revival = this.#revive(end, readySince);
    });
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#end();
    // A restart that was under way may have started another one meanwhile.
    await this.#revival;
    await this.#end();
  }

  async #end(): Promise<void> {
    await this.process.stop().catch((error: unknown) => this.keeping.report(String(error)));
  }

  async #revive(end: string, readySince: number): Promise<void> {
    const { report, signal } = this.keeping;
    const { service } = this.process.settings;
    if (Date.now() - readySince > WELL_AFTER_MS) this.#restarts = 0;
    let reason = `ended (${end})`;
    while (!this.#isStopping) {
      const pauseMs = backoffMs(RESTARTS, this.#restarts);
      report(`${service} ${reason}; starting it again in ${pauseMs / 1_000} s`);
      await sleep(pauseMs, undefined, { signal }).catch(() => {});
      this.#restarts += 1;
      if (this.#isStopping) return;
      try {
        await this.start();
        report(`${service} is ready again`);
        return;
      } catch (error) {
        reason = `did not start: ${String(error)}`;
      }
    }
  }
}
