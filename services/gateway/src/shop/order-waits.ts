import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { UpstreamTimeout } from '@jangteo/messaging';

/** Time for which orders may still be waited for once the process is told to stop; most end within it. */
const GRACE_MS = 5_000;

/** Waits for orders to end, which a client may want for half a minute; a process that stops has less time. */
@Injectable()
export class OrderWaits implements BeforeApplicationShutdown {
  readonly #waiting = new Set<() => void>();

  /** Waits as long as the process may. @throws UpstreamTimeout when it has to stop before `answer` is there */
  until<T>(answer: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const giveUp = (): void => reject(new UpstreamTimeout('the gateway stops'));
      this.#waiting.add(giveUp);
      void answer.then(resolve, reject).finally(() => this.#waiting.delete(giveUp));
    });
  }

  /** Does not wait itself: only after this does the server stop to take connections. */
  beforeApplicationShutdown(): void {
    setTimeout(() => {
      for (const giveUp of this.#waiting) giveUp();
    }, GRACE_MS).unref();
  }
}
