import { describe, expect, it } from '@jest/globals';
import { instantOf } from './instants.js';

describe('a moment that somebody writes', () => {
  it('is of the zone that the console shows', () => {
    expect(instantOf('2026-03-01T10:00', 'utc')).toBe('2026-03-01T10:00:00.000Z');
    expect(instantOf('2026-03-01T10:00', 'local')).toBe(new Date(2026, 2, 1, 10).toISOString());
  });
});
