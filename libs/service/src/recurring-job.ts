import { Logger } from '@nestjs/common';

/**
 * Does something again and again: at once, then every so often, one run after the other and never two at a
 * time. A run that fails is logged and the next one comes as planned, because what failed (a database that
 * is away) usually passes.
 */
export class Repetition {
  private readonly logger = new Logger('Repetition');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private isStopped = false;

  /**
   * @param name what is done, for the log
   * @param everyMs from the start of one run to the start of the next; a longer run delays the next
   */
  constructor(
    private readonly name: string,
    private readonly everyMs: number,
    private readonly work: () => Promise<unknown>,
  ) {}

  start(): void {
    this.running = this.run();
  }

  /** As {@link start}, with the first run after the pause that is between two. */
  startLater(): void {
    this.timer = setTimeout(() => this.start(), this.everyMs);
  }

  /** Lets the run that is under way finish, and begins no other. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private async run(): Promise<void> {
    const startedMs = performance.now();
    try {
      await this.work();
    } catch (error) {
      this.logger.error(`${this.name} failed, to be done again: ${String(error)}`);
    }
    if (this.isStopped) return;
    const spentMs = performance.now() - startedMs;
    this.timer = setTimeout(() => this.start(), Math.max(0, this.everyMs - spentMs));
  }
}
