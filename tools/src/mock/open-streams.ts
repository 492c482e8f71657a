import { Readable } from 'node:stream';
import { HEARTBEAT } from '@jangteo/gateway/domain';

/** How often a stream says that it is there, where it has nothing to say. */
const BEAT_MS = 15_000;

/** Streams that have no end of their own. */
export class OpenStreams {
  /** What ends each of them. */
  readonly #ends = new Set<() => void>();

  /** @param openMs for how long each stays open */
  constructor(private readonly openMs: number) {}

  /** A stream that says this, and nothing after it. */
  open(text: string): Readable {
    const stream = new Readable({ read: () => undefined });
    stream.push(text);
    const beat = setInterval(() => stream.push(HEARTBEAT), BEAT_MS);
    const end = (): void => {
      clearInterval(beat);
      clearTimeout(last);
      this.#ends.delete(end);
      stream.push(null);
    };
    const last = setTimeout(end, this.openMs);
    this.#ends.add(end);
    stream.once('close', end);
    return stream;
  }

  endAll(): void {
    for (const end of this.#ends) end();
  }
}
