import { describe, expect, it } from '@jest/globals';
import type { DeadLetter } from '@jangteo/client';
import { changeToLetters, groupIn, groupStateOf, isOnPage, passes, queryOf, viewOf } from './filters.js';

const at = (seconds: number): string => new Date(seconds * 1_000).toISOString();

describe('filters of failed messages', () => {
  it('ask for what stands in the address, in the state of the view', () => {
    const address = { view: 'sent', service: 'wallet', type: 'wallet.debit', cursor: 'c', letter: 'l' };
    expect(viewOf(address)).toBe('sent');
    expect(queryOf(address, 'sent')).toEqual({
      service: 'wallet',
      type: 'wallet.debit',
      state: 'SENT_AGAIN',
    });
    expect(viewOf({ view: 'nonsense' })).toBe('groups');
  });

  it('are those of a group where service, type and reason are given, and nothing else', () => {
    const group = { service: 'wallet', type: 'wallet.debit', reason: 'malformed' } as const;
    expect(groupIn({ ...group, view: 'waiting' })).toEqual(group);
    expect(groupIn({ ...group, queue: 'q' })).toBeUndefined();
    expect(groupIn({ ...group, service: 'bank' })).toBeUndefined();
    expect(groupIn({ service: 'wallet', type: 'wallet.debit' })).toBeUndefined();
  });

  it('lead to the messages of a group whose messages have no type', () => {
    const group = { service: 'wallet', type: '', reason: 'malformed' } as const;
    // As an address has it, in which what is empty is left out.
    const given = Object.entries(changeToLetters(group)).filter(
      ([, text]) => text !== undefined && text !== '',
    );
    const address = Object.fromEntries(given) as Record<string, string>;
    expect(groupIn(address)).toEqual(group);
    expect(queryOf(address, 'waiting')).toEqual({ ...group, state: 'WAITING' });
    expect(passes({ ...group, queue: 'q' } as DeadLetter, address)).toBe(true);
    expect(passes({ ...group, type: 'wallet.debit', queue: 'q' } as DeadLetter, address)).toBe(false);
  });

  it('let through what has all that is asked for', () => {
    const letter = { service: 'wallet', type: 'wallet.debit', reason: 'malformed', queue: 'q' } as DeadLetter;
    expect(passes(letter, { service: 'wallet', view: 'sent' })).toBe(true);
    expect(passes(letter, { service: 'wallet', reason: 'expired' })).toBe(false);
  });
});

describe('the page of a message', () => {
  const rows = [{ parkedAt: at(20) }, { parkedAt: at(10) }];
  it.each([
    [25, { isFirst: true, isLast: false }, true],
    [25, { isFirst: false, isLast: false }, false],
    [15, { isFirst: false, isLast: false }, true],
    [5, { isFirst: true, isLast: false }, false],
    [5, { isFirst: true, isLast: true }, true],
  ])('of second %j on %j', (second, page, wanted) => {
    expect(isOnPage({ parkedAt: at(second) }, rows, page)).toBe(wanted);
  });
});

describe('a group', () => {
  const name = { service: 'wallet', type: '', reason: 'malformed' } as const;
  const group = { ...name, count: 3, isMuted: false };

  it('is empty only where its service has said so', () => {
    const read = (groups: readonly (typeof group)[], away: readonly 'wallet'[] = []) => ({ groups, away });
    expect(groupStateOf(name, undefined)).toBe('unknown');
    expect(groupStateOf(name, read([], ['wallet']))).toBe('away');
    expect(groupStateOf(name, read([]))).toBe('known');
    expect(groupStateOf(name, read([group]))).toBe('known');
  });
});
