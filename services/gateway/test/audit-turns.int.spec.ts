import { randomUUIDv7 } from 'node:crypto';
import { HOUR_MS, LAST_ID } from '@jangteo/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database, databaseEnv, migrate } from '@jangteo/database';
import { readConfig } from '@jangteo/service';
import { patientDatabase, testDatabase, type TestDatabase } from '@jangteo/testkit';
import {
  keepAudit,
  listAudits,
  readAudit,
  readKeptAudit,
  saveAudit,
  takeAuditTurn,
} from '../src/operations/audit.queries.js';
import type { AuditReport } from '../src/domain/audit-report.js';
import { migrations } from '../src/migrations/index.js';

const REPORT: AuditReport = {
  isSound: true,
  checkedAt: '2026-01-01T00:00:00.000Z',
  ordersBefore: '2025-12-31T23:59:50.000Z',
  tookMs: 10_000,
  checks: [],
  unanswered: [],
};

let scratch: TestDatabase;
let database: Database;

beforeAll(async () => {
  scratch = await testDatabase('gateway');
  await migrate(scratch.url, migrations);
  database = new Database(readConfig(databaseEnv, patientDatabase(scratch.url)));
});

afterAll(async () => {
  await database?.onApplicationShutdown();
  await scratch?.drop();
});

describe('the turn to audit', () => {
  it('is one replica’s, and the next one only after the interval', async () => {
    expect(await readAudit(database)).toBeUndefined();
    const turns = await Promise.all([1, 2, 3].map(() => takeAuditTurn(database, HOUR_MS)));
    expect(turns.filter((isTaken) => isTaken)).toHaveLength(1);
  });

  it('comes no earlier than the shop has had its rest, and no later for a short audit', async () => {
    const isFree = async (): Promise<boolean> => await takeAuditTurn(database, 0);
    await database.rows('UPDATE audits SET next_at = now()');
    await saveAudit(database, REPORT, 0);
    expect(await isFree()).toBe(true);
    await saveAudit(database, REPORT, HOUR_MS);
    expect(await isFree()).toBe(false);
    await saveAudit(database, REPORT, 0);
    expect(await isFree()).toBe(false);
    expect(await readAudit(database)).toEqual(REPORT);
  });
});

describe('the reports of audits', () => {
  it('are kept as many as there is room for, the latest of them', async () => {
    const ids = Array.from({ length: 5 }, () => randomUUIDv7()).toSorted();
    for (const [tookMs, auditId] of ids.entries()) {
      await keepAudit(database, { auditId, report: { ...REPORT, tookMs } }, { latest: 3, unsound: 0 });
    }
    const kept = await listAudits(database, LAST_ID, 10);
    expect(kept.map(({ auditId }) => auditId)).toEqual(ids.slice(2).toReversed());
    expect(await listAudits(database, ids[4]!, 1)).toEqual([
      { auditId: ids[3], report: { ...REPORT, tookMs: 3 } },
    ]);
    expect(await readKeptAudit(database, ids[4]!)).toEqual({ ...REPORT, tookMs: 4 });
    expect(await readKeptAudit(database, ids[0]!)).toBeUndefined();
  });

  it('are kept beyond that where they were not sound, the latest of them', async () => {
    await database.rows('DELETE FROM audit_reports');
    const ids = Array.from({ length: 7 }, () => randomUUIDv7()).toSorted();
    for (const [index, auditId] of ids.entries()) {
      const report = { ...REPORT, isSound: ![0, 1, 3].includes(index) };
      await keepAudit(database, { auditId, report }, { latest: 2, unsound: 2 });
    }
    const kept = await listAudits(database, LAST_ID, 10);
    expect(kept.map(({ auditId }) => ids.findIndex((id) => id === auditId))).toEqual([6, 5, 3, 1]);
  });
});
