import { describe, expect, it } from '@jest/globals';
import { decideRefresh } from './session.js';

const now = new Date('2026-01-02T00:00:00Z');
const before = new Date('2026-01-01T00:00:00Z');
const after = new Date('2026-01-03T00:00:00Z');

describe('decideRefresh', () => {
  it.each([
    ['rotate', { spentAt: null, expiresAt: after }],
    ['refuse', { spentAt: null, expiresAt: before }],
    ['refuse', { spentAt: null, expiresAt: now }],
    ['end session', { spentAt: before, expiresAt: after }],
    ['end session', { spentAt: before, expiresAt: before }],
    ['refuse', undefined],
  ])('decides to %s for %j', (decision, token) => {
    expect(decideRefresh(token, now)).toBe(decision);
  });
});
