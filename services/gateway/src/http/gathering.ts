import { TransientFailure } from '@jangteo/contracts';

/** A question, and who waits for its answer. */
interface Waiting<Q, A> {
  readonly question: Q;
  resolve(answer: A): void;
  reject(error: unknown): void;
}

/** Whoever asks beyond this is told so at once. */
const WAITING_MAX = 10_000;

/**
 * Puts questions together: one is asked at once where none is under way; while some are, the next ones gather. So with
 * little to do nothing waits, and with much few messages carry all of it. An answer is always to a question that was
 * asked after its asker came.
 */
export class Gathering<Q, A> {
  #waiting: Waiting<Q, A>[] = [];
  #isAsking = false;

  /**
   * @param most questions that go together
   * @param ask answers each of them, in order
   */
  constructor(
    private readonly most: number,
    private readonly ask: (questions: readonly Q[]) => Promise<readonly A[]>,
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
      const groups = Math.ceil(gathered.length / this.most);
      await Promise.all(
        Array.from({ length: groups }, (_, group) =>
          this.#askSome(gathered.slice(group * this.most, (group + 1) * this.most)),
        ),
      );
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
