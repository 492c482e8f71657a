import type { AuditedService, BookComparison, BookRule, NotCompared } from '@jangteo/contracts';
import { restAfter, type Check, type Seen } from './audit.js';
import type { Text } from './why.js';

export interface AuditReport {
  /** Every check was made, and none has findings. */
  readonly isSound: boolean;
  readonly checkedAt: string;
  /** Orders placed from here on are not compared between services yet: they may be on their way. */
  readonly ordersBefore: string;
  readonly tookMs: number;
  readonly checks: readonly Check[];
  /** Services that could not be asked, and why. */
  readonly unanswered: readonly { readonly service: AuditedService; readonly reason: string }[];
}

/** Milliseconds: what is wanted from one audit to the next, and what an audit only waits for to look at a difference again. */
export interface Spacing {
  readonly intervalMs: number;
  readonly pauseMs: number;
}

/** Milliseconds from the beginning of an audit to that of the next. */
export function spacingAfter(
  { tookMs }: Pick<AuditReport, 'tookMs'>,
  { intervalMs, pauseMs }: Spacing,
): number {
  return Math.max(intervalMs, tookMs + restAfter(tookMs - pauseMs));
}

const OUTDATED_MS = 600_000;

/** Recognises what says nothing of the books as they are: three audits are missing, and ten minutes are over. */
export function isOutdated(
  report: Pick<AuditReport, 'checkedAt' | 'tookMs'>,
  spacing: Spacing,
  nowMs: number,
): boolean {
  return nowMs - Date.parse(report.checkedAt) > Math.max(OUTDATED_MS, 3 * spacingAfter(report, spacing));
}

/** A report that is kept has at most so many bytes. */
export const REPORT_BYTES_MAX = 65_536;

/** The report as it is kept: without its examples, where it were too long with them. */
export function boundedReport(report: AuditReport): AuditReport {
  if (Buffer.byteLength(JSON.stringify(report)) <= REPORT_BYTES_MAX) return report;
  return { ...report, checks: report.checks.map((check) => ({ ...check, examples: [] })) };
}

/** What an audit knows of a thing that must hold: where somebody did not answer it is never sound. */
export type AuditState = 'SOUND' | 'UNSOUND' | 'UNKNOWN';

export function stateOf({ findings, unanswered }: Pick<Check, 'findings' | 'unanswered'>): AuditState {
  if (findings > 0) return 'UNSOUND';
  return unanswered.length > 0 ? 'UNKNOWN' : 'SOUND';
}

/** What must hold, in Korean; in English the promises say it. */
export const ABOUT_IN_KOREAN: Readonly<Record<BookRule['name'] | BookComparison['name'], string>> = {
  progress: '처리 중인 주문은 모두 2분 안에 진행되어야 합니다',
  'orders-and-sagas': '주문마다 사가가 하나 있고 상태가 서로 같아야 합니다',
  balances: '잔액은 원장의 합과 같고, 보류액은 결과를 기다리는 충전의 합과 같아야 합니다',
  payments: '주문의 결제와 환불은 각각 한 번을 넘지 않고, 환불액은 결제액과 같아야 합니다',
  charges: '성공한 충전만 한 번씩 적립되어야 합니다',
  'payments-of-orders': '성공한 주문만 한 번씩, 주문한 고객이 결제해야 합니다',
  stock: '입고된 재고는 남은 재고와 주문이 가져간 재고의 합과 같고, 0보다 작을 수 없습니다',
  'stock-of-orders': '재고는 성공한 주문이 산 만큼만 차감되어야 합니다',
  'prices-of-orders': '성공한 주문의 상품별 금액과 할인 전 금액은 카탈로그의 가격과 같아야 합니다',
  'discounts-of-orders': '성공한 주문의 할인은 쿠폰의 할인과 같고, 쿠폰이 없으면 없어야 합니다',
  'issued-coupons': '쿠폰은 준비한 수량까지만, 순번마다 한 번씩 발급되어야 합니다',
  'used-coupons': '사용한 쿠폰과 사용 기록은 하나씩 짝이 맞아야 합니다',
  'coupons-of-orders': '쿠폰 사용은 각각 성공한 주문 하나에 속해야 합니다',
  sales: '취소된 수량은 판매된 수량을 넘을 수 없고, 시간별 합계는 그 시간 상품들의 합과 같아야 합니다',
  statistics: '지난 시간의 판매 수량과 주문 수는 통계와 랭킹이 같아야 합니다',
  'orders-in-ranking': '주문의 성공과 취소는 모두 랭킹에 반영되어야 합니다',
  'units-in-ranking': '지난 시간의 상품별 판매 수량을 다시 세면 랭킹과 같아야 합니다',
  'orders-in-data-platform': '주문의 성공과 취소는 모두 데이터 플랫폼용 기록이 있어야 합니다',
};

/** Digits in groups of three: sums may be more than a number holds exactly. */
const grouped = (digits: string): string => digits.replaceAll(/\B(?=(\d{3})+$)/g, ',');

const sumsOf = ({ sums }: Seen): string =>
  Object.entries(sums)
    .map(([name, sum]) => `${name} ${grouped(sum)}`)
    .join(', ');

/** A side as it was seen, `order: payments 45,000 (2)`. */
function sideOf(seen: Seen, rows: (rows: number) => string): string {
  const sums = sumsOf(seen);
  return `${seen.service}: ${sums === '' ? '' : `${sums} `}(${rows(seen.rows)})`;
}

const rowsInEnglish = (rows: number): string => `${rows} ${rows === 1 ? 'row' : 'rows'}`;
const rowsInKorean = (rows: number): string => `${rows}건`;

const NOT_COMPARED: Readonly<Record<NotCompared['reason'], Text>> = {
  AWAY: { en: 'the statistics do not answer', ko: '통계가 응답하지 않음' },
  GAPS: { en: 'the statistics have not counted all records yet', ko: '통계가 세지 않은 기록이 있음' },
  BEHIND: { en: 'the statistics are not that far yet', ko: '통계가 아직 세는 중' },
};

/** What was left out of a check, and why. */
function leftOut({ notCompared }: Check): Text {
  if (notCompared === undefined) return { en: '', ko: '' };
  const { reason, from } = notCompared;
  const why = NOT_COMPARED[reason];
  return from === undefined
    ? { en: ` Not compared: ${why.en}.`, ko: ` 대조하지 않았습니다(${why.ko}).` }
    : {
        en: ` Not compared from ${from} on: ${why.en}.`,
        ko: ` ${from}부터는 대조하지 않았습니다(${why.ko}).`,
      };
}

/** Says what must hold, what each side has, and whether it does. */
export function sentenceOf(check: Check): Text {
  const { about, name, findings, seen, unanswered, notCompared } = check;
  const state = stateOf(check);
  const away = unanswered.join(', ');
  const korean = (ABOUT_IN_KOREAN as Readonly<Record<string, string | undefined>>)[name] ?? about;
  const isNothing = notCompared !== undefined && notCompared.from === undefined;
  const said = {
    SOUND: isNothing ? { en: '', ko: '' } : { en: ' It holds.', ko: ' 맞습니다.' },
    UNSOUND: { en: ` It does not hold in ${findings}.`, ko: ` 맞지 않는 항목: ${findings}건.` },
    UNKNOWN: {
      en: ` It is not known: no answer from ${away}.`,
      ko: ` 알 수 없습니다(응답하지 않은 서비스: ${away}).`,
    },
  }[state];
  const sides = (rows: (rows: number) => string): string =>
    seen.length === 0 ? '' : ` ${seen.map((one) => sideOf(one, rows)).join('; ')}.`;
  const left = leftOut(check);
  return {
    en: `${about}.${sides(rowsInEnglish)}${said.en}${left.en}`,
    ko: `${korean}.${sides(rowsInKorean)}${said.ko}${left.ko}`,
  };
}

/** An audit in short, for lists. */
export interface ListedAudit extends Pick<AuditReport, 'isSound' | 'checkedAt' | 'tookMs'> {
  readonly auditId: string;
  readonly state: AuditState;
  readonly findings: number;
  /** How many checks could not be made. */
  readonly unknown: number;
  readonly unanswered: readonly AuditedService[];
}

export function listed(
  auditId: string,
  { isSound, checkedAt, tookMs, checks, unanswered }: AuditReport,
): ListedAudit {
  const findings = checks.reduce((sum, check) => sum + check.findings, 0);
  const away = unanswered.map(({ service }) => service);
  return {
    auditId,
    state: stateOf({ findings, unanswered: away }),
    isSound,
    checkedAt,
    tookMs,
    findings,
    unknown: checks.filter((check) => stateOf(check) === 'UNKNOWN').length,
    unanswered: away,
  };
}

export interface ToldAudit extends AuditReport, Pick<ListedAudit, 'auditId' | 'state'> {
  readonly checks: readonly (Check & { readonly state: AuditState; readonly sentence: Text })[];
}

/** A kept report, with each check as a sentence. */
export function told(auditId: string, report: AuditReport): ToldAudit {
  const { state } = listed(auditId, report);
  const checks = report.checks.map((check) => ({
    ...check,
    state: stateOf(check),
    sentence: sentenceOf(check),
  }));
  return { ...report, auditId, state, checks };
}
