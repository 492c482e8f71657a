import { describe, expect, it } from '@jest/globals';
import { changeTo, givenIn, queryOf, wordOf } from './filter-fields.js';

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

  it('that are times are told by the clock of the console', () => {
    expect(wordOf('datetime-local', '2026-03-01T12:00:00.000Z', 'utc')).toBe('2026-03-01 12:00');
    expect(wordOf('datetime-local', 'yesterday', 'utc')).toBe('yesterday');
  });
});
