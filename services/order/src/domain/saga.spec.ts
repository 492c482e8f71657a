import { describe, expect, it } from '@jest/globals';
import { begun } from './placing.js';
import type { Moment } from './order.js';
import { retryAt, scheduled, type Saga } from './saga.js';
import { transition } from './transitions.js';

const bounds = {
  deadlineMs: 30_000,
  retryMs: 5_000,
  retryMsMax: 60_000,
  waitersMax: 3,
  inFlightMax: 20,
  cancelWindowMs: 604_800_000,
};
const orderId = '01920000-0000-7000-8000-0000000000a1';
const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000);
const momentAt = (seconds: number): Moment => ({ now: at(seconds), bounds });

function placed(): Saga {
  const items = [{ productId: orderId, quantity: 1 }];
  const payload = {
    operation: { key: orderId, fingerprint: '' },
    orderId,
    userId: orderId,
    items,
    wait: false,
  };
  return begun({ payload, replyAddress: undefined, trace: {} }, items, momentAt(0));
}

describe('the sweeper’s looks', () => {
  it('come after pauses that double up to a bound', () => {
    const sentAt = at(0);
    const pauses = [0, 1, 2, 3, 4, 2_000].map((attempts) => retryAt({ sentAt, attempts }, bounds).getTime());
    expect(pauses.map((time) => (time - sentAt.getTime()) / 1_000)).toEqual([5, 10, 20, 40, 60, 60]);
  });

  it('come no later than the deadline while a step is awaited', () => {
    const late = { ...placed(), sentAt: at(28), lookAgainAt: null };
    expect(scheduled(late, momentAt(28)).lookAgainAt).toEqual(at(30));
  });

  it('are not kept from undoing by the deadline', () => {
    const undoing: Saga = { ...placed(), state: 'UNDOING', awaits: ['ReleaseStock'], sentAt: at(31) };
    expect(scheduled(undoing, momentAt(31)).lookAgainAt).toEqual(at(36));
  });

  it('stay where they are when a step was taken before the first', () => {
    const stepped = { ...placed(), sentAt: at(3) };
    expect(scheduled(stepped, momentAt(3)).lookAgainAt).toEqual(at(5));
  });

  it('are set anew when they are over', () => {
    const stepped = { ...placed(), sentAt: at(7) };
    expect(scheduled(stepped, momentAt(7)).lookAgainAt).toEqual(at(12));
  });

  it('end when nothing is owed', () => {
    expect(scheduled({ ...placed(), state: 'FAILED', awaits: [] }, momentAt(1)).lookAgainAt).toBeNull();
  });

  it('send nothing while the last command is young, and come back when it is not', () => {
    const stepped = { ...placed(), sentAt: at(3) };
    const early = transition(stepped, { kind: 'retryDue', orderId }, momentAt(5));
    expect(early.effects).toEqual([]);
    expect(scheduled(early.saga, momentAt(5)).lookAgainAt).toEqual(at(8));
    const due = transition(stepped, { kind: 'retryDue', orderId }, momentAt(8));
    expect(due.effects).toHaveLength(1);
    expect(scheduled(due.saga, momentAt(8)).lookAgainAt).toEqual(at(18));
  });
});
