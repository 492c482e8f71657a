import { describe, expect, it } from '@jest/globals';
import type { StuckSaga } from '@jangteo/client';
import { SAGA_STEPS } from '@jangteo/contracts';
import { awaitedOf, callsIn, deadlineOf, effectsOf, isGivenUp, olderThanOf, sagasOfNudges } from './sagas.js';
import { words } from './words.js';

const START = Date.parse('2026-01-01T00:00:00.000Z');
const at = (seconds: number): string => new Date(START + seconds * 1_000).toISOString();

const saga = (orderId: string, told: Partial<StuckSaga> = {}): StuckSaga => ({
  orderId,
  userId: 'u1',
  state: 'DEBITING_WALLET',
  since: at(0),
  awaits: ['DebitWallet'],
  owedEvents: [],
  attempts: 0,
  sentAt: at(0),
  lookAgainAt: at(10),
  deadlineAt: at(30),
  ...told,
});

const SERVICES = [
  { service: 'wallet' as const, isAnswering: false },
  { service: 'catalog' as const, isAnswering: true },
];

describe('an order without progress', () => {
  it('waits for commands of services that are ready or not, and for the broker', () => {
    const undoing = saga('a', {
      state: 'UNDOING',
      awaits: ['RefundWallet', 'ReleaseStock', 'Dance'],
      owedEvents: ['order.completed'],
    });
    expect(awaitedOf(undoing, SERVICES).map(({ service, readiness }) => [service, readiness])).toEqual([
      ['wallet', 'silent'],
      ['catalog', 'ready'],
      [undefined, 'unknown'],
      [undefined, 'unknown'],
    ]);
    expect(awaitedOf(saga('a'), undefined)).toEqual([
      { name: 'DebitWallet', service: 'wallet', readiness: 'unknown' },
    ]);
  });

  it.each(SAGA_STEPS)('is given up and has a word in $state, as in every state of a step', ({ state }) => {
    expect(isGivenUp(saga('a', { state }), START + 30_000)).toBe(true);
    for (const { states } of Object.values(words)) expect(states).toHaveProperty(state);
  });

  it('has a deadline as long as it is not undone', () => {
    expect(deadlineOf(saga('a'))).toBe(at(30));
    expect(isGivenUp(saga('a'), START + 29_000)).toBe(false);
    expect(isGivenUp(saga('a'), START + 30_000)).toBe(true);
    expect(deadlineOf(saga('a', { state: 'UNDOING' }))).toBeUndefined();
    expect(isGivenUp(saga('a', { state: 'UNDOING' }), START + 90_000)).toBe(false);
  });
});

describe('the preview of a nudge', () => {
  it('counts what is sent to whom, what is published, and what is given up', () => {
    const sagas = [
      saga('a'),
      saga('b'),
      saga('c', { state: 'SUCCESS', awaits: [], owedEvents: ['order.completed'] }),
      saga('d', { deadlineAt: at(5) }),
    ];
    expect(
      effectsOf(sagas, SERVICES, START + 10_000).map(({ kind, count, name }) => [kind, count, name]),
    ).toEqual([
      ['sent', 2, 'DebitWallet'],
      ['confirmed', 1, 'order.completed'],
      ['givenUp', 1, 'givenUp'],
    ]);
  });
});

describe('the orders of a nudge', () => {
  const call = { actorId: 'me', startedAt: at(60) };
  const nudged = { nudgedBy: 'me', nudgedAt: at(61) };

  it('are those that it nudged and that wait still, and those that were seen to wait before', () => {
    const waiting = [
      saga('still', nudged),
      saga('on', { ...nudged, since: at(62) }),
      saga('by another', { nudgedBy: 'you', nudgedAt: at(61) }),
      saga('earlier', { nudgedBy: 'me', nudgedAt: at(59) }),
    ];
    const before = [saga('still'), saga('on'), saga('ended')];
    const shown = sagasOfNudges([call], waiting, before);
    expect(shown.map(({ orderId, hasGoneOn }) => [orderId, hasGoneOn])).toEqual([
      ['still', false],
      ['on', true],
      ['ended', true],
    ]);
    expect(sagasOfNudges([call], waiting, []).map(({ orderId }) => orderId)).toEqual(['still', 'on']);
  });

  it('are named by the calls in the address', () => {
    expect(callsIn({})).toEqual([]);
    expect(callsIn({ operation: 'a,b' })).toEqual(['a', 'b']);
  });
});

describe('the time without progress', () => {
  it.each([
    [{}, 60],
    [{ olderThan: '0' }, 0],
    [{ olderThan: 'long' }, 60],
    [{ olderThan: '90' }, 90],
  ])('of %j is %d seconds', (address, wanted) => {
    expect(olderThanOf(address as Record<string, string>)).toBe(wanted);
  });
});
