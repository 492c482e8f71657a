import { describe, expect, it } from '@jest/globals';
import { decideRefresh } from './session.js';

const now = new Date('2026-01-02T00:00:00Z');
const after = new Date('2026-01-03T00:00:00Z');
const ago = (ms: number): Date => new Date(now.getTime() - ms);
const REPEATABLE_MS = 30_000;

describe('decideRefresh', () => {
  it.each([
    ['rotate', 7, { generation: 7, rotatedAt: ago(1), expiresAt: after }],
    ['rotate', 7, { generation: 7, rotatedAt: null, expiresAt: after }],
    ['rotate', 9, { generation: 7, rotatedAt: ago(1), expiresAt: after }],
    ['repeat', 6, { generation: 7, rotatedAt: ago(0), expiresAt: after }],
    ['repeat', 6, { generation: 7, rotatedAt: ago(REPEATABLE_MS - 1), expiresAt: after }],
    ['end session', 6, { generation: 7, rotatedAt: ago(REPEATABLE_MS), expiresAt: after }],
    ['end session', 5, { generation: 7, rotatedAt: ago(0), expiresAt: after }],
    ['end session', 1, { generation: 7, rotatedAt: ago(0), expiresAt: after }],
    ['end session', 0, { generation: 1, rotatedAt: null, expiresAt: after }],
    ['refuse', 7, { generation: 7, rotatedAt: ago(1), expiresAt: now }],
    ['refuse', 6, { generation: 7, rotatedAt: ago(1), expiresAt: ago(1) }],
    ['refuse', 1, { generation: 7, rotatedAt: ago(1), expiresAt: ago(1) }],
  ] as const)('decides to %s for generation %i of %j', (decision, generation, session) => {
    expect(decideRefresh(generation, session, now, REPEATABLE_MS)).toBe(decision);
  });

  it.each([ago(1), now, ago(-1), ago(-60_000)])(
    'answers no spent token again where that is switched off, though it was spent at %s',
    (rotatedAt) => {
      const session = { generation: 2, rotatedAt, expiresAt: after };
      expect(decideRefresh(1, session, now, 0)).toBe('end session');
    },
  );
});
