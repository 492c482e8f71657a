import { createHash } from 'node:crypto';
import { oldestOf, type Statements } from '@jangteo/database';

/** Longer than OUTCOMES_KEYED_SECONDS may be: by then no repeat finds the outcome of the change. */
export const ANSWERS_KEPT_SECONDS = 72 * 3_600;

/**
 * The id of what is kept under a text that is not.
 *
 * @param of what it is that is kept
 */
export function keptIdOf(of: string, text: string): string {
  return createHash('sha256').update(`${of} ${text}`).digest('hex').slice(0, 32);
}

/** Reads the first answer to a change; `undefined` where there is none yet. */
export async function readFirstAnswer<A>(on: Statements, changeId: string): Promise<A | undefined> {
  const [row] = await on.rows<{ answer: A }>('SELECT answer FROM first_answers WHERE change_id = $1', [
    changeId,
  ]);
  return row?.answer;
}

/**
 * Keeps an answer that is to be given, unless another one was kept meanwhile.
 *
 * @returns the one that is kept
 */
export async function keepFirstAnswer<A>(on: Statements, changeId: string, answer: A): Promise<A> {
  const kept = await on.rows(
    `INSERT INTO first_answers (change_id, answer) VALUES ($1, $2)
     ON CONFLICT DO NOTHING RETURNING change_id`,
    [changeId, JSON.stringify(answer)],
  );
  return kept.length > 0 ? answer : ((await readFirstAnswer<A>(on, changeId)) ?? answer);
}

/** Takes back what was kept of a change that was not made. */
export async function forgetFirstAnswer(on: Statements, changeId: string): Promise<void> {
  await on.rows('DELETE FROM first_answers WHERE change_id = $1', [changeId]);
}

export const OLD_ANSWERS = oldestOf('first_answers', { by: 'answered_at' });
