import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { changeTo, givenIn, instantOf, queryOf, wordOf, writtenOf } from './filter-fields.js';

const fields = {
  status: { '': 'Any', SUCCESS: 'Success' },
  from: 'datetime-local',
  minTotal: 'number',
  userId: 'text',
} as const;

describe('the filters of a list', () => {
  it('are asked for as the API takes them', () => {
    const address = { minTotal: '1000', from: '2026-03-01T12:00:00Z', userId: '7', cursor: 'c', order: 'o' };
    expect(queryOf(fields, address, 'local')).toEqual({
      minTotal: 1_000,
      from: '2026-03-01T12:00:00.000Z',
      userId: '7',
    });
  });

  it('are asked for as they were written where they are none of it: what is wrong is refused, not left out', () => {
    const address = { minTotal: '-1', from: 'yesterday', status: 'LOST' };
    expect(queryOf(fields, address, 'local')).toEqual(address);
  });

  it('are told in words, in the order in which they are shown', () => {
    const given = givenIn(fields, { userId: 'u', status: 'SUCCESS', order: 'o' });
    expect(given.map(([name, text]) => wordOf(fields[name], text, 'utc'))).toEqual(['Success', 'u']);
    expect(wordOf(fields.status, 'LOST', 'utc')).toBe('LOST');
  });

  it('are changed to exactly those that are wanted, from the beginning of the list', () => {
    expect(changeTo(fields, { status: 'SUCCESS' })).toEqual({
      status: 'SUCCESS',
      from: undefined,
      minTotal: undefined,
      userId: undefined,
      cursor: undefined,
    });
  });

  it('are taken away with what is open beside the list', () => {
    const cleared = changeTo({ userId: 'text' }, {}, ['order']);
    expect(Object.entries(cleared)).toEqual(['userId', 'order', 'cursor'].map((name) => [name, undefined]));
  });
});

describe('the time of a filter', () => {
  // In Seoul; and where clocks are changed at that moment, which is an hour later by summer time.
  const CHANGE = Date.parse('2026-03-29T01:00Z');
  let winter = -540;
  beforeEach(() => {
    winter = -540;
    jest.spyOn(Date.prototype, 'getTimezoneOffset').mockImplementation(function (this: Date) {
      return winter === -540 ? winter : this.getTime() < CHANGE ? winter : winter - 60;
    });
  });
  afterEach(() => void jest.restoreAllMocks());

  it('is a moment in the address, whatever zone it was written and is read in', () => {
    expect(instantOf('2026-03-01T12:00', 'utc')).toBe('2026-03-01T12:00:00.000Z');
    expect(instantOf('2026-03-01T12:00', 'local')).toBe('2026-03-01T03:00:00.000Z');
    expect(instantOf('2026-03-01', 'local')).toBe('2026-02-28T15:00:00.000Z');
    for (const zone of ['utc', 'local'] as const) {
      expect(instantOf('2026-03-01T12:00:00Z', zone)).toBe('2026-03-01T12:00:00.000Z');
      expect(instantOf('2026-03-01T12:00+09:00', zone)).toBe('2026-03-01T03:00:00.000Z');
      expect(instantOf('yesterday', zone)).toBe('yesterday');
    }
  });

  it.each([
    ['2026-03-01T12:00:00.000Z', '2026-03-01T12:00'],
    ['2026-03-01T12:00:05.000Z', '2026-03-01T12:00:05'],
    ['2026-03-01T12:00:05.120Z', '2026-03-01T12:00:05.12'],
    ['yesterday', ''],
  ])('of %s is in its field %j', (text, written) => expect(writtenOf(text, 'utc')).toBe(written));

  it('is written and told by the clock of the console', () => {
    const noon = '2026-03-01T03:00:00.000Z';
    expect(writtenOf(noon, 'local')).toBe('2026-03-01T12:00');
    expect(wordOf('datetime-local', noon, 'local')).toBe('2026-03-01 12:00');
    expect(wordOf('datetime-local', 'yesterday', 'utc')).toBe('yesterday');
  });

  it('is of the clock of that moment where clocks are changed', () => {
    winter = -60;
    for (const [written, instant] of [
      ['2026-03-29T01:30', '2026-03-29T00:30:00.000Z'],
      ['2026-03-29T03:30', '2026-03-29T01:30:00.000Z'],
    ] as const) {
      expect(instantOf(written, 'local')).toBe(instant);
      expect(writtenOf(instant, 'local')).toBe(written);
    }
  });
});
