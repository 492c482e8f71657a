import { setTimeout as sleep } from 'node:timers/promises';
import { TransientFailure } from '@jangteo/contracts';

/** A question, and who waits for its answer. */
interface Waiting<Q, A> {
  readonly question: Q;
  resolve(answer: A): void;
  reject(error: unknown): void;
}

/** Whoever asks beyond this is told so at once. */
const WAITING_MAX = 10_000;
/** Of the time that the last answers took. */
const REST_TIMES = 3;
const REST_MS_MAX = 20;

/** A rest that is longer the busier those are who answer. */
export async function restAfter(tookMs: number): Promise<void> {
  await sleep(Math.min(tookMs * REST_TIMES, REST_MS_MAX));
}

/**
 * Puts questions together: one is asked at once where none is under way; while some are, and during the rest after
 * them, the next ones gather. So with little to do nothing waits, and with much few messages carry all of it. An answer
 * is always to a question that was asked after its asker came.
 */
export class Gathering<Q, A> {
  #waiting: Waiting<Q, A>[] = [];
  #isAsking = false;

  /**
   * @param most questions that go together
   * @param ask answers each of them, in order
   * @param rest between the answers and the next questions
   */
  constructor(
    private readonly most: number,
    private readonly ask: (questions: readonly Q[]) => Promise<readonly A[]>,
    private readonly rest: (tookMs: number) => Promise<void> = async () => {},
  ) {}

  of(question: Q): Promise<A> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length >= WAITING_MAX)
        throw new TransientFailure(`${WAITING_MAX} questions wait already`);
      this.#waiting.push({ question, resolve, reject });
      if (!this.#isAsking) void this.#askAll();
    });
  }

  async #askAll(): Promise<void> {
    this.#isAsking = true;
    while (this.#waiting.length > 0) {
      const gathered = this.#waiting;
      this.#waiting = [];
      const began = performance.now();
      const groups = Math.ceil(gathered.length / this.most);
      await Promise.all(
        Array.from({ length: groups }, (_, group) =>
          this.#askSome(gathered.slice(group * this.most, (group + 1) * this.most)),
        ),
      );
      await this.rest(performance.now() - began);
    }
    this.#isAsking = false;
  }

  async #askSome(some: readonly Waiting<Q, A>[]): Promise<void> {
    try {
      const answers = await this.ask(some.map(({ question }) => question));
      if (answers.length !== some.length)
        throw new Error(`${answers.length} answers to ${some.length} questions`);
      some.forEach(({ resolve }, index) => resolve(answers[index] as A));
    } catch (error) {
      for (const { reject } of some) reject(error);
    }
  }
}
