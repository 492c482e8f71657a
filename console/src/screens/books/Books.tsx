import type { AuditReport } from '@jangteo/client';
import { Monitor, Scale } from 'lucide-react';
import { useApi } from '../../api/index.js';
import { useFresh } from '../../api/fresh.js';
import { useSettings } from '../../app/settings.js';
import { useAddress } from '../../ui/address.js';
import { Button } from '../../ui/Button.js';
import { Empty } from '../../ui/Empty.js';
import { clockOf, durationOf } from '../../ui/format.js';
import { ListActions } from '../../ui/ListActions.js';
import { LiveLine } from '../../ui/LiveLine.js';
import { useNow } from '../../ui/now.js';
import { Old } from '../../ui/Old.js';
import { Page, Panel } from '../../ui/Page.js';
import { Problem } from '../../ui/Problem.js';
import { Skeleton } from '../../ui/Skeleton.js';
import { Time } from '../../ui/Time.js';
import type { Cells as Table } from '../../ui/tables.js';
import { useKeys } from '../../ui/use-keys.js';
import { useLanguage, useWords, useWordsOf, type Language } from '../../words/index.js';
import css from './Books.module.css';
import { Cells, SHOWN } from './Cells.js';
import { aboutOf, Checks, sumsOf, verdictTextOf } from './Checks.js';
import { told, verdictOf, verdictOn } from './equations.js';
import { Mark } from './Mark.js';
import { useAudit } from './use-audit.js';
import { words as bookWords, type BookWords } from './words.js';

const EVERY_MS = 10_000;

/** An audit as a table, for whoever it is handed on to. */
const tableOf = ({ checks }: AuditReport, words: BookWords, language: Language): Table => [
  [words.columns.holds, words.columns.sums, words.columns.verdict],
  ...checks.map((check) => {
    const its = told(check);
    return [
      aboutOf(check, words),
      sumsOf(check, its, words, language),
      verdictTextOf(check, its, words, language),
    ];
  }),
];

function Waiting({
  sinceMs,
  usualMs,
  onStop,
}: {
  readonly sinceMs: number;
  /** How long the last one took; undefined before the first. */
  readonly usualMs: number | undefined;
  readonly onStop: () => void;
}) {
  const words = useWordsOf(bookWords);
  const language = useLanguage();
  const passedMs = Math.max(0, useNow() - sinceMs);
  const isUsual = usualMs !== undefined && passedMs < usualMs;
  const text = words.auditing(Math.floor(passedMs / 1_000));
  return (
    <div className={css['waiting']}>
      <progress aria-label={words.audit} {...(isUsual ? { max: usualMs, value: passedMs } : {})} />
      <p>{usualMs === undefined ? text : `${text} · ${words.usual(durationOf(usualMs, language))}`}</p>
      <Button kind="quiet" onClick={onStop}>
        {words.stop}
      </Button>
    </div>
  );
}

/** The verdict on all of an audit, as large as what hangs on it. */
function Verdict({ report }: { readonly report: AuditReport }) {
  const words = useWordsOf(bookWords);
  const [{ language, zone }] = useSettings();
  const { checks, unanswered, checkedAt, tookMs, ordersBefore } = report;
  const verdict = verdictOn(checks);
  const unsound = checks.filter((check) => verdictOf(check) === 'UNSOUND').length;
  const services = unanswered.map(({ service }) => service).join(', ');
  return (
    <div className={css['head']} data-verdict={verdict}>
      <Mark verdict={verdict} />
      <div>
        <p className={css['headline']}>
          {{ SOUND: words.sound, UNSOUND: words.unsound(unsound), UNKNOWN: words.unknown(services) }[verdict]}
        </p>
        <p className={css['facts']}>
          <Time at={checkedAt} />
          {` · ${words.took(durationOf(tookMs, language))} · ${words.before(clockOf(Date.parse(ordersBefore), zone))}`}
        </p>
      </div>
    </div>
  );
}

/** Everything that must hold, with what both sides have, as the last audit saw it or the one that was chosen. */
export default function Books() {
  const words = useWordsOf(bookWords);
  const { pages } = useWords();
  const language = useLanguage();
  const api = useApi();
  const [address, change] = useAddress();
  const list = useFresh(['audits'], (signal) => api.admin.audits({ limit: SHOWN }, { signal }).page(), {
    everyMs: EVERY_MS,
  });
  const audits = list.data?.items;
  const asked = useAudit(() => {
    list.refresh();
    change({ audit: undefined });
  });
  const [latest] = audits ?? [];
  const auditId = address['audit'] ?? latest?.auditId;
  const read = useFresh(
    ['audit', auditId],
    (signal) => api.call('readAudit', { path: { auditId: auditId! } }, { signal }),
    { isWanted: auditId !== undefined },
  );
  // What was just found is shown before, or without, its being kept.
  const isNewest =
    asked.report !== undefined && (latest === undefined || asked.report.checkedAt > latest.checkedAt);
  // A newer audit than the last one may take its time to be read; another one's verdict is never shown as the chosen's.
  const isLastStill = address['audit'] === undefined && read.data?.checkedAt === audits?.[1]?.checkedAt;
  const readReport = read.isEarlier && !isLastStill ? undefined : read.data;
  const report = isNewest && address['audit'] === undefined ? asked.report : readReport;
  const go = (by: number) => {
    const at = audits?.findIndex((one) => one.auditId === auditId) ?? -1;
    const next = at < 0 ? undefined : audits?.[at + by];
    if (next !== undefined) change({ audit: next.auditId });
  };
  useKeys({ '[': () => go(1), ']': () => go(-1) });
  const isEmpty = audits?.length === 0 && report === undefined;
  const begin = (
    <Button
      kind="main"
      icon={<Scale aria-hidden />}
      onClick={asked.begin}
      disabled={asked.sinceMs !== undefined}
    >
      {words.audit}
    </Button>
  );
  return (
    <Page
      title={pages.books}
      live={<LiveLine {...list.freshness} />}
      actions={
        <>
          {address['audit'] !== undefined && (
            <Button kind="quiet" onClick={() => change({ audit: undefined })}>
              {words.latest}
            </Button>
          )}
          {address['wall'] !== '1' && (
            <Button
              kind="quiet"
              icon={<Monitor aria-hidden />}
              onClick={() => change({ wall: '1', audit: undefined }, true)}
            >
              {words.wall}
            </Button>
          )}
          <ListActions name="books" cells={report && tableOf(report, words, language)} />
          {!isEmpty && begin}
        </>
      }
    >
      {asked.sinceMs !== undefined && (
        <Waiting sinceMs={asked.sinceMs} usualMs={latest?.tookMs} onStop={asked.stop} />
      )}
      {asked.error !== undefined && <Problem error={asked.error} onRetry={asked.begin} />}
      {list.error !== null && <Problem error={list.error} onRetry={list.refresh} />}
      {read.error !== null && <Problem error={read.error} onRetry={read.refresh} />}
      {isEmpty && <Empty why={words.empty} action={begin} command="npm run audit" />}
      {report === undefined && !isEmpty && list.error === null && read.error === null && (
        <Skeleton lines={14} height={56} />
      )}
      <Old of={list.freshness}>
        {report !== undefined && <Verdict report={report} />}
        {audits !== undefined && audits.length > 0 && (
          <Panel title={words.cells}>
            <Cells
              audits={audits}
              chosen={isNewest || (read.isEarlier && isLastStill) ? undefined : auditId}
            />
          </Panel>
        )}
        {report !== undefined && <Checks checks={report.checks} />}
      </Old>
    </Page>
  );
}
