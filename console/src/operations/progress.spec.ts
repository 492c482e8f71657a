import { describe, expect, it } from '@jest/globals';
import type { OperationOfStaff } from '@jangteo/client';
import {
  afterRound,
  begun,
  fatesOf,
  lookAgainMs,
  progressOf,
  resumed,
  stagesOf,
  stopped,
} from './progress.js';

const START = Date.parse('2026-01-01T00:00:00.000Z');

const operation = (told: Partial<OperationOfStaff>): OperationOfStaff => ({
  operationId: 'o1',
  action: 'sendDeadLetters',
  startedAt: new Date(START).toISOString(),
  actorId: 'u1',
  result: 'DONE',
  sent: 0,
  tookEffect: 0,
  refused: 0,
  decidedBefore: 0,
  cameBack: 0,
  open: 0,
  ...told,
});

const inWords = (...given: Parameters<typeof stagesOf>): string[] =>
  stagesOf(...given).map(({ id, count, of }) => `${id} ${count}${of === undefined ? '' : `/${of}`}`);

describe('something that is asked for of many', () => {
  it('is told from what was requested to what became of it', () => {
    const first = afterRound(begun(10), { sent: 7, left: 5, operationId: 'o1', next: 'until' });
    expect(inWords(begun(10))).toEqual(['requested 10', 'sending 0/10']);
    expect(inWords(first)).toEqual(['requested 12', 'sending 7/12']);
    const last = afterRound(first, { sent: 5, left: 0, operationId: 'o2' });
    expect(last).toMatchObject({ isUnderWay: false, operationIds: ['o1', 'o2'] });
    const fates = fatesOf([
      operation({ sent: 7, tookEffect: 7 }),
      operation({ sent: 5, tookEffect: 4, cameBack: 1 }),
    ]);
    expect(inWords(last, fates)).toEqual(['requested 12', 'sent 12', 'tookEffect 11', 'cameBack 1']);
  });

  it('ends with a round in which nothing was sent, whatever is left', () => {
    const progress = afterRound(begun(3), { sent: 0, left: 3, operationId: 'o1', next: 'until' });
    expect(progress.isUnderWay).toBe(false);
    expect(inWords(progress)).toEqual(['requested 3', 'sent 0/3']);
  });

  it('goes on where an error has stopped it', () => {
    const first = afterRound(begun(9), { sent: 4, left: 5, operationId: 'o1', next: 'until' });
    const halted = stopped(first, new Error('away'));
    expect(halted).toMatchObject({ isUnderWay: false, next: 'until', sent: 4 });
    expect(resumed(halted)).toEqual(first);
  });

  it('grows as long as more wait than were counted', () => {
    const first = afterRound(begun(10_000), { sent: 100, left: 10_000, operationId: 'o1', next: 'until' });
    const second = afterRound(first, { sent: 100, left: 10_000, operationId: 'o1', next: 'until' });
    const last = afterRound(second, { sent: 50, left: 0, operationId: 'o1' });
    expect([first, second, last].map(({ requested }) => requested)).toEqual([10_100, 10_200, 10_200]);
  });

  it('tells how many are never sent, and of a call that came too late that it has sent none', () => {
    const progress = afterRound(begun(2), { sent: 2, left: 0, unsendable: 4, operationId: 'o1' });
    expect(inWords(progress, fatesOf([operation({ sent: 1, open: 1 })]))).toEqual([
      'requested 2',
      'sent 1/2',
      'unsendable 4',
      'tookEffect 0',
      'open 1',
    ]);
  });

  it('is read of a call alone', () => {
    const read = operation({ asked: 12, sent: 11 });
    expect(inWords(progressOf(read), fatesOf([read]))).toEqual([
      'requested 12',
      'sent 11/12',
      'tookEffect 0',
    ]);
  });
});

describe('another look at a call', () => {
  it.each([
    ['at once while it is new', { open: 1 }, 5_000, 1_000],
    ['seldom once it is old', { open: 1 }, 3_600_000, 60_000],
    ['never once nothing of it is open', { open: 0 }, 5_000, undefined],
  ])('is taken %s', (_, told, age, wanted) => {
    expect(lookAgainMs(operation(told), START + age)).toBe(wanted);
  });
});
