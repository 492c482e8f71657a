import { describe, expect, it } from '@jest/globals';
import type { DeadLetter, TimelineStep } from '@jangteo/client';
import { debitWallet, orderCompleted, replyType, SAGA_STEPS } from '@jangteo/contracts';
import { COMMANDS } from '../../operations/commands.js';
import { orderOf, prospectsOf } from './prospect.js';

const letter = (told: Partial<DeadLetter> = {}) => ({
  state: 'WAITING' as const,
  sendable: true,
  reason: 'handler-failed',
  type: debitWallet.type,
  queue: 'jangteo.wallet.commands',
  ...told,
});

const step = (told: Partial<TimelineStep>): { steps: TimelineStep[] } => ({
  steps: [{ step: 'DebitWallet', isUndo: false, state: 'AWAITED', decision: 'NONE', ...told }],
});

const kinds = (...given: Parameters<typeof prospectsOf>): string[] =>
  prospectsOf(...given).map(({ kind }) => kind);

describe('what happens to a message that is sent again', () => {
  it('is nothing where it waits no more, or nobody waits for it', () => {
    expect(kinds(letter({ state: 'SENT_AGAIN' }))).toEqual(['sentAgain']);
    expect(kinds(letter({ state: 'DROPPED' }))).toEqual(['dropped']);
    expect(kinds(letter({ sendable: false }))).toEqual(['nobodyWaits']);
  });

  it.each(['malformed', 'unknown-type', 'unknown-version', 'invalid-payload', 'wrong-sender'])(
    'is that it comes back where it was %s, whatever its receiver has decided',
    (reason) => {
      expect(kinds(letter({ reason }), step({ decision: 'DONE' }))).toEqual(['comesBack']);
    },
  );

  it.each([
    ['NONE', ['decides', 'mended']],
    ['DONE', ['answered']],
    ['REFUSED', ['answered']],
    ['BARRED', ['barred']],
    ['UNKNOWN', ['unknown', 'mended']],
  ] as const)('is what its receiver has stored of the command: %s', (decision, wanted) => {
    expect(kinds(letter(), step({ decision }))).toEqual(wanted);
  });

  it('says when it was decided', () => {
    const decidedAt = '2026-01-01T00:00:00.000Z';
    expect(prospectsOf(letter(), step({ decision: 'DONE', decidedAt }))).toEqual([
      { kind: 'answered', at: decidedAt },
    ]);
  });

  it('is that a reply is heard by an order that waits for it, and by no other', () => {
    const reply = letter({ type: replyType(debitWallet), queue: 'jangteo.order.replies' });
    expect(kinds(reply, step({ state: 'AWAITED' }))).toEqual(['heard', 'mended']);
    expect(kinds(reply, step({ state: 'DONE' }))).toEqual(['unheard']);
  });

  it('is that an event is counted once, and that whoever sends what nobody signed answers for it', () => {
    expect(kinds(letter({ type: orderCompleted.type, queue: 'jangteo.ranking.events' }))).toEqual([
      'once',
      'mended',
    ]);
    expect(kinds(letter({ reason: 'no-sender' }), step({}))).toEqual(['vouched', 'decides']);
    expect(kinds(letter({ reason: 'delivery-limit' }), undefined)).toEqual(['alone']);
  });
});

describe('the order of a message', () => {
  it('is known of commands and their replies alone', () => {
    const correlationId = '01920000-0000-7000-8000-0000000000a1';
    expect(orderOf({ type: debitWallet.type, correlationId })).toBe(correlationId);
    expect(orderOf({ type: replyType(debitWallet), correlationId })).toBe(correlationId);
    expect(orderOf({ type: 'wallet.dance', correlationId })).toBeUndefined();
    expect(orderOf({ type: debitWallet.type, correlationId: 'amq.reply' })).toBeUndefined();
    expect(orderOf({ type: debitWallet.type })).toBeUndefined();
  });

  it('is known of every command of the saga, by its name', () => {
    const commands = SAGA_STEPS.flatMap(({ action, undo, names: [name, undoName] }) => [
      [name, { service: action.service, type: action.type }],
      [undoName, { service: undo.service, type: undo.type }],
    ]);
    expect(COMMANDS).toEqual(Object.fromEntries(commands));
  });
});
