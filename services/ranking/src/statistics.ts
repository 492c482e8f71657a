import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { OutsideDatabase, type OutsideDeadlines } from '@jangteo/database';
import { progressOf, type Look, type Progress } from './domain/statistics.js';
import { statisticsReads } from './statistics.metrics.js';

/** For so long they are left alone after they did not answer; then one who asks waits for them, and nobody else. */
const REST_MS = 5_000;

/** What is read of them: what sold most in a hundred days may take too long where all else is there at once. */
type Matter = 'sales' | 'products' | 'categories' | 'audit';

interface Standing {
  restsUntilMs: number;
  isAway: boolean;
}

/**
 * The statistics that a job outside of the shop makes of the records for the data platform. Nothing depends on them:
 * whatever fails or is late counts as not there.
 */
@Injectable()
export class Statistics implements OnApplicationShutdown {
  readonly #logger = new Logger(Statistics.name);
  readonly #database: OutsideDatabase | undefined;
  readonly #standings = new Map<Matter, Standing>();
  /** The last look that found no gap. */
  #gapless: Look | undefined;

  /**
   * @param url of their database; without it there are none
   * @param deadlines the least patience by default: nobody is to wait long for what can be done without
   */
  constructor(url: string | undefined, deadlines?: OutsideDeadlines) {
    this.#database = url === undefined ? undefined : new OutsideDatabase(url, deadlines && { deadlines });
  }

  get isOn(): boolean {
    return this.#database !== undefined;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#database?.end();
  }

  /**
   * Reads from them, within a second.
   * @returns undefined where they do not answer, or are off; it never throws
   */
  async read<T extends { readonly look: Look }>(
    matter: Matter,
    work: (database: OutsideDatabase) => Promise<T>,
  ): Promise<(T & { readonly progress: Progress }) | undefined> {
    if (this.#database === undefined) return undefined;
    const standing = this.#standings.get(matter) ?? { restsUntilMs: 0, isAway: false };
    this.#standings.set(matter, standing);
    if (performance.now() < standing.restsUntilMs) {
      statisticsReads.inc({ matter, result: 'left_alone' });
      return undefined;
    }
    if (standing.isAway) standing.restsUntilMs = performance.now() + REST_MS;
    try {
      const told = await work(this.#database);
      statisticsReads.inc({ matter, result: 'answered' });
      if (standing.isAway) this.#logger.log(`the statistics answer again: ${matter}`);
      standing.isAway = false;
      standing.restsUntilMs = 0;
      if (told.look.isGapless) this.#gapless = told.look;
      return { ...told, progress: progressOf(told.look, this.#gapless) };
    } catch (error) {
      standing.restsUntilMs = performance.now() + REST_MS;
      statisticsReads.inc({ matter, result: 'failed' });
      if (!standing.isAway) this.#logger.warn(`the statistics do not answer: ${matter}: ${String(error)}`);
      standing.isAway = true;
      return undefined;
    }
  }
}
