import { JangteoError, type StreamOptions } from '@jangteo/client';

/** The shop says something once a second; a stream that is silent for so long is opened again. */
const SILENCE_MS = 6_000;
/** Between two tries to open it: those who listen do not come back all at once. */
const [PAUSE_MS, PAUSE_MS_MAX] = [1_000, 15_000];

/** Before the next try, the one after so many in vain; never shorter than the shop asks for. */
export function pauseAfter(tries: number, error: unknown, random: number): number {
  const asked = error instanceof JangteoError ? (error.retryAfterMs ?? 0) : 0;
  return Math.max(asked, Math.min(PAUSE_MS_MAX, PAUSE_MS * 2 ** tries)) * (1 + random / 2);
}

/** Ends early where the browser finds a network again, or nobody listens any more. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      removeEventListener('online', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
    addEventListener('online', end);
  });

/**
 * Hears a stream until the signal: a screen on a wall waits for a shop however long that is away.
 *
 * @param onLost is told how many tries were in vain since something was heard, and why the last one was
 * @param isOver whether an error says that there will never be such a stream
 */
export async function keepHearing<Event>(
  open: (options: StreamOptions) => AsyncIterable<Event>,
  {
    signal,
    onEvent,
    onLost,
    isOver = () => false,
    wait = pause,
  }: {
    readonly signal: AbortSignal;
    readonly onEvent: (event: Event) => void;
    readonly onLost: (tries: number, error: unknown) => void;
    readonly isOver?: (error: unknown) => boolean;
    readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
  },
): Promise<void> {
  let tries = 0;
  const hear = async () => {
    for await (const event of open({ signal, retry: false, silenceMs: SILENCE_MS })) {
      tries = 0;
      onEvent(event);
    }
  };
  while (!signal.aborted) {
    const error: unknown = await hear().catch((cause: unknown) => cause);
    if (signal.aborted || isOver(error)) return;
    tries += 1;
    onLost(tries, error);
    await wait(pauseAfter(tries, error, Math.random()), signal);
  }
}
