import { describe, expect, it } from '@jest/globals';
import { BOOK_COMPARISONS, BOOK_RULES } from '@jangteo/contracts';
import type { Check } from './audit.js';
import {
  ABOUT_IN_KOREAN,
  boundedReport,
  isOutdated,
  listed,
  REPORT_BYTES_MAX,
  sentenceOf,
  stateOf,
  told,
  type AuditReport,
} from './audit-report.js';

const sound: Check = {
  name: 'payments-of-orders',
  about: 'Each successful order is paid once',
  isSound: true,
  findings: 0,
  examples: [],
  seen: [
    { service: 'order', what: 'payments', rows: 2, sums: { payments: '12340000' } },
    { service: 'wallet', what: 'payments', rows: 1, sums: { payments: '-999' } },
  ],
  unanswered: [],
};
const wrong: Check = { ...sound, isSound: false, findings: 3 };
const away: Check = { ...sound, isSound: false, seen: [sound.seen[0]!], unanswered: ['wallet'] };
const report = (...checks: Check[]): AuditReport => ({
  isSound: checks.every(({ isSound }) => isSound),
  checkedAt: '2026-01-01T00:00:00.000Z',
  ordersBefore: '2026-01-01T00:00:00.000Z',
  tookMs: 5,
  checks,
  unanswered: checks.some(({ unanswered }) => unanswered.length > 0)
    ? [{ service: 'wallet', reason: 'did not answer in time' }]
    : [],
});

describe('what an audit says', () => {
  it('is known in Korean of everything that must hold', () => {
    const names = [...BOOK_RULES, ...BOOK_COMPARISONS].map(({ name }) => name);
    expect(Object.keys(ABOUT_IN_KOREAN).toSorted()).toEqual(names.toSorted());
  });

  it('is a sentence with both sums and whether it holds', () => {
    const sides = 'order: payments 12,340,000 (2 rows); wallet: payments -999 (1 row).';
    expect(sentenceOf(sound).en).toBe(`Each successful order is paid once. ${sides} It holds.`);
    expect(sentenceOf(wrong).en).toBe(`Each successful order is paid once. ${sides} It does not hold in 3.`);
    expect(sentenceOf(away).en).toBe(
      'Each successful order is paid once. order: payments 12,340,000 (2 rows). It is not known: no answer from wallet.',
    );
    expect(sentenceOf(wrong).ko).toBe(
      '성공한 주문만 한 번씩, 주문한 고객이 결제해야 합니다. order: payments 12,340,000 (2건); wallet: payments -999 (1건). 맞지 않는 항목: 3건.',
    );
    expect(sentenceOf({ ...sound, name: 'of another release', seen: [] }).ko).toBe(
      'Each successful order is paid once. 맞습니다.',
    );
  });

  it('names what was not compared, and says of nothing that it holds', () => {
    const from = '2026-03-10T10:00:00.000Z';
    expect(sentenceOf({ ...sound, seen: [], notCompared: { reason: 'BEHIND', from } }).en).toBe(
      `Each successful order is paid once. It holds. Not compared from ${from} on: the statistics are not that far yet.`,
    );
    expect(sentenceOf({ ...sound, seen: [], notCompared: { reason: 'AWAY' } })).toEqual({
      en: 'Each successful order is paid once. Not compared: the statistics do not answer.',
      ko: '성공한 주문만 한 번씩, 주문한 고객이 결제해야 합니다. 대조하지 않았습니다(통계가 응답하지 않음).',
    });
  });

  it('is never that it is sound, where something is not known', () => {
    expect([sound, wrong, away].map(stateOf)).toEqual(['SOUND', 'UNSOUND', 'UNKNOWN']);
    expect(listed('a', report(sound))).toMatchObject({ state: 'SOUND', findings: 0, unknown: 0 });
    expect(listed('a', report(sound, away))).toMatchObject({
      state: 'UNKNOWN',
      isSound: false,
      unknown: 1,
      unanswered: ['wallet'],
    });
    expect(told('a', report(away, wrong))).toMatchObject({
      auditId: 'a',
      state: 'UNSOUND',
      checks: [{ state: 'UNKNOWN' }, { state: 'UNSOUND' }],
    });
  });

  it('is kept within so many bytes, without its examples where there were too many', () => {
    const example = { key: 'x'.repeat(100), problem: '가'.repeat(10_000) };
    const long = report({ ...wrong, examples: [example, example, example] });
    expect(boundedReport(report(wrong))).toEqual(report(wrong));
    const kept = boundedReport(long);
    expect(Buffer.byteLength(JSON.stringify(kept))).toBeLessThan(REPORT_BYTES_MAX);
    expect(kept).toEqual(report(wrong));
  });
});

describe('an audit', () => {
  const MINUTE_MS = 60_000;
  const begun = { checkedAt: '2026-03-01T12:00:00.000Z', tookMs: 1_000 };
  const spacing = { intervalMs: MINUTE_MS, pauseMs: 0 };
  const isOutdatedAfter = (minutes: number, spaced = spacing, audit = begun): boolean =>
    isOutdated(audit, spaced, Date.parse(audit.checkedAt) + minutes * MINUTE_MS);

  it('says nothing any more once ten minutes are over', () => {
    expect([isOutdatedAfter(10), isOutdatedAfter(10.1)]).toEqual([false, true]);
  });

  it('says something until three are missing, however seldom they are wanted, or can be made', () => {
    const hourly = { ...spacing, intervalMs: 60 * MINUTE_MS };
    expect([isOutdatedAfter(180, hourly), isOutdatedAfter(181, hourly)]).toEqual([false, true]);
    // It takes five minutes, and the shop is left alone for seven times as long.
    const long = { ...begun, tookMs: 5 * MINUTE_MS };
    expect([isOutdatedAfter(119, spacing, long), isOutdatedAfter(121, spacing, long)]).toEqual([false, true]);
  });

  it('says something for ten minutes where nobody wants any', () => {
    const unwanted = { ...spacing, intervalMs: 0 };
    expect([isOutdatedAfter(9, unwanted), isOutdatedAfter(11, unwanted)]).toEqual([false, true]);
  });
});
