import { describe, expect, it } from '@jest/globals';
import type { AuditCheck, AuditReport, ServiceAway } from '../src/index.js';
import { auditTable } from './audit-table.js';

const stock: AuditCheck = {
  name: 'stock',
  about: 'Stock is conserved',
  isSound: true,
  findings: 0,
  examples: [],
  seen: [{ service: 'catalog', rows: 2, what: 'options', sums: { received: '1000000', remaining: '-96' } }],
  unanswered: [],
};

const report: AuditReport = {
  isSound: true,
  checkedAt: '2026-01-01T00:00:00.000Z',
  ordersBefore: '2025-12-31T23:59:50.000Z',
  tookMs: 1_240,
  checks: [stock],
  unanswered: [],
};

describe('the table of an audit', () => {
  it('shows what was seen where', () => {
    expect(auditTable(report)).toBe(
      '  stock  ok  catalog 2 rows, received 1,000,000, remaining -96\n' +
        'The books are sound, as of 2026-01-01T00:00:00.000Z (1.2 s).',
    );
  });

  it('names what is wrong, and how much more there is', () => {
    const examples = [{ key: 'o1', problem: 'is in the books of order only' }];
    const text = auditTable({ ...report, isSound: false, checks: [{ ...stock, findings: 3, examples }] });
    expect(text).toContain('  stock  3 WRONG  catalog');
    expect(text).toContain(
      'Stock is conserved. But:\n      o1 is in the books of order only\n      and 2 more',
    );
    expect(text).toContain('The books are NOT SOUND');
  });

  it('says from when on statistics were not compared, and that they were not at all', () => {
    const about = { ...stock, name: 'statistics' };
    const partly = { ...about, notCompared: { reason: 'BEHIND' as const, from: '2026-01-01T00:00:00.000Z' } };
    const away = { ...about, seen: [], notCompared: { reason: 'AWAY' as const } };
    const [line, more] = auditTable({ ...report, checks: [partly] }).split('\n');
    expect(line).toMatch(/^ {2}statistics {2}ok {2}catalog 2 rows/);
    expect(more).toBe(
      '    not compared from 2026-01-01T00:00:00.000Z on: the statistics are not that far yet',
    );
    expect(auditTable({ ...report, checks: [away] })).toMatch(
      /^ {2}statistics {2}-\n {4}not compared: the statistics do not answer\n/,
    );
  });

  it('says who could not be asked, and what is not known therefore', () => {
    const unanswered: ServiceAway[] = [{ service: 'catalog', reason: 'cannot be reached' }];
    const checks = [{ ...stock, seen: [], isSound: false, unanswered: ['catalog' as const] }];
    expect(auditTable({ ...report, isSound: false, checks, unanswered })).toBe(
      '  stock  ?\n  catalog cannot be reached\nNot all is known, as of 2026-01-01T00:00:00.000Z (1.2 s).',
    );
  });
});
