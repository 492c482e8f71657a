import { isDeepStrictEqual, types } from 'node:util';
import { MESSAGES } from '@jangteo/contracts';
import { assertBooks, eventually, type Answer, type AnyService } from '@jangteo/testkit';
import { failpointOf, nameOf, type Cell } from './cells.js';
import { readFigures, strayFigures } from '../../validate/figures.js';
import { SHORT_DEADLINE, type MatrixShop } from '../../places/matrix-shop.js';
import type { Scene } from '../../traffic/scene.js';
import { story } from '../../traffic/stories.js';

/** The outcome of a cell: the time that the way back took, or the fault. */
export interface Seen {
  readonly cell: Cell;
  /** From the death to the answer under the same key, all orders ended and the books exact. */
  readonly recoveredMs?: number;
  readonly fault?: string;
}

const ANSWER_DEADLINE_MS = 40_000;
const ASK_EVERY_MS = 50;

/** Says that the outcome is not known, or that nothing was done: an honest client asks again. */
function isOpen({ status, body }: Answer<unknown>): boolean {
  const code = (body as { code?: string } | undefined)?.code;
  return status >= 502 && code !== 'ORDER_TIMED_OUT';
}

/** One go; undefined where nothing definite was answered. */
async function attempt({ call }: Scene): Promise<Answer<unknown> | undefined> {
  try {
    const answer = await call();
    return isOpen(answer) ? undefined : answer;
  } catch (error) {
    // The gateway was not there, or died while it answered. By name, since a test has a TypeError of its own.
    if (types.isNativeError(error) && error.name === 'TypeError') return undefined;
    throw error;
  }
}

async function untilKnown(scene: Scene): Promise<Answer<unknown>> {
  return await eventually(async () => (await attempt(scene)) ?? false, {
    deadlineMs: ANSWER_DEADLINE_MS,
    everyMs: ASK_EVERY_MS,
  });
}

function described({ status, body }: Answer<unknown>): string {
  return `${status} ${JSON.stringify(body)}`;
}

/** @throws Error when the answers are not all the one that is promised */
function checkAnswers(scene: Scene, answers: readonly (Answer<unknown> | undefined)[]): void {
  const statuses = [scene.status].flat();
  const [first, ...others] = answers.filter((answer) => answer !== undefined);
  if (first === undefined) throw new Error('no answer');
  for (const answer of [first, ...others]) {
    if (!statuses.includes(answer.status)) {
      throw new Error(`answered ${described(answer)}, not ${statuses.join(' or ')}`);
    }
    if (scene.answersVary) continue;
    if (answer.status === first.status && isDeepStrictEqual(answer.body, first.body)) continue;
    throw new Error(`answered ${described(first)}, and under the same key ${described(answer)}`);
  }
}

/** The service that must not answer, so that the saga has to say it again. */
function silentFor({ kind, type }: Cell, { silent }: Scene): AnyService | undefined {
  if (silent !== undefined || kind !== 'sweep') return silent;
  const contract = MESSAGES.find((message) => message.type === type);
  return contract?.kind === 'command' ? contract.service : undefined;
}

/**
 * An event is only said again when the note that the broker has it was lost, so the process dies twice: of that
 * first.
 */
async function forgetConfirm({ shop }: MatrixShop, cell: Cell): Promise<void> {
  await shop.untilHit(cell.service);
  await shop.arm(cell.service, failpointOf(cell));
  // It may die before it was ready.
  await shop.launch(cell.service);
}

async function untilGivenUp({ shop }: MatrixShop): Promise<void> {
  await eventually(
    async () => {
      const undoing = await shop.sql('order', `SELECT 1 FROM sagas WHERE state = 'UNDOING'`);
      return undoing.length > 0;
    },
    { everyMs: ASK_EVERY_MS },
  );
}

/** Has the process die, brings it back, and checks that nobody can tell. @throws Error saying who can */
async function killAndCheck(matrix: MatrixShop, cell: Cell): Promise<number> {
  const { shop, world, restart } = matrix;
  const scene = await story(cell.story)(world);
  const before = await readFigures(shop);
  const silent = silentFor(cell, scene);
  const isEventSaidAgain = cell.kind === 'sweep' && silent === undefined;
  if (silent !== undefined) shop.pause(silent);
  await shop.arm(
    cell.service,
    isEventSaidAgain ? { name: 'confirms.writing', type: cell.type } : failpointOf(cell),
  );
  const calling = attempt(scene);
  // Whoever waits for it hears of it.
  calling.catch(() => undefined);
  if (isEventSaidAgain) await forgetConfirm(matrix, cell);
  if (silent !== undefined && cell.kind !== 'sweep') {
    await untilGivenUp(matrix);
    shop.resume(silent);
  }
  await shop.untilHit(cell.service);
  const diedAt = performance.now();
  await restart(cell.service);
  if (silent !== undefined && cell.kind === 'sweep') shop.resume(silent);
  const answer = await untilKnown(scene);
  await scene.settle?.();
  await assertBooks(shop);
  const recoveredMs = performance.now() - diedAt;
  checkAnswers(scene, [answer, await calling, await untilKnown(scene)]);
  await scene.check?.();
  const stray = strayFigures(before, await readFigures(shop), scene.change);
  if (stray.length > 0) throw new Error(stray.join('; '));
  if (cell.kind === 'relay') await matrix.assertPlatform();
  return recoveredMs;
}

/** Runs a cell. Where it has a fault, nobody knows what state the shop is in: it is not fit for another one. */
export async function runCell(matrix: MatrixShop, cell: Cell): Promise<Seen> {
  try {
    await matrix.giveDeadline(cell.story.includes('given up') ? SHORT_DEADLINE : {});
    return { cell, recoveredMs: await killAndCheck(matrix, cell) };
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error);
    return { cell, fault: `${nameOf(cell)}: ${fault}` };
  }
}
