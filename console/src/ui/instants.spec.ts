import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { instantOf, writtenOf } from './instants.js';

describe('a moment that somebody writes', () => {
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

  it('is written by the clock of the console', () => {
    const noon = '2026-03-01T03:00:00.000Z';
    expect(writtenOf(noon, 'local')).toBe('2026-03-01T12:00');
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
