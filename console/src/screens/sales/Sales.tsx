import type { SalesOfPeriod } from '@jangteo/client';
import type { ReactNode } from 'react';
import { useApi } from '../../api/index.js';
import { useFresh } from '../../api/fresh.js';
import { useSettings } from '../../app/settings.js';
import { useAddress } from '../../ui/address.js';
import { AddressFilters } from '../../ui/AddressFilters.js';
import { Button } from '../../ui/Button.js';
import { DataTable } from '../../ui/DataTable.js';
import { Empty } from '../../ui/Empty.js';
import {
  clockOf,
  countOf,
  dayOf,
  moneyHeadOf,
  moneyOf,
  plainMoneyOf,
  shortCountOf,
  shortMoneyOf,
  weekdayOf,
  type Clock,
} from '../../ui/format.js';
import { ListActions } from '../../ui/ListActions.js';
import { LiveLine } from '../../ui/LiveLine.js';
import { Old } from '../../ui/Old.js';
import { Page } from '../../ui/Page.js';
import { Problem } from '../../ui/Problem.js';
import { Skeleton } from '../../ui/Skeleton.js';
import { cellsOf, type Column } from '../../ui/tables.js';
import { Tabs } from '../../ui/Tabs.js';
import { useLanguage, useWords, useWordsOf, type Language } from '../../words/index.js';
import { Bars } from './Bars.js';
import { ticksAt } from './bar-places.js';
import { knownIn, measureOf, originOf, sumOf, type Measure, type Sum } from './figures.js';
import { Products } from './Products.js';
import css from './Sales.module.css';
import { FIELDS, LASTS, timesOf, viewOf, type Period } from './view.js';
import { words as salesWords, type SalesWords } from './words.js';

const EVERY_MS = 10_000;
/** More of them stay folded up below the picture. */
const OPEN_ROWS = 31;

const isMoney = (sum: Sum): boolean => sum === 'revenue' || sum === 'discount';

const textOf = (sum: Sum, value: number, language: Language): string =>
  isMoney(sum) ? moneyOf(value, language) : countOf(value, language);

/** The hour or day that a row is of; days are those of UTC. */
function periodOf(at: string, by: Period, clock: Clock): string {
  const atMs = Date.parse(at);
  if (by === 'day') return weekdayOf(atMs, { ...clock, zone: 'utc' });
  return `${weekdayOf(atMs, clock)} ${clockOf(atMs, clock.zone).slice(0, 5)}`;
}

const SUM_COLUMNS: readonly (readonly [sum: Sum, from?: 'tablet' | 'desktop'])[] = [
  ['revenue'],
  ['discount', 'tablet'],
  ['units'],
  ['orders'],
  ['cancelled', 'tablet'],
];

function columnsOf(
  words: SalesWords,
  by: Period,
  none: string,
  clock: Clock,
): readonly Column<SalesOfPeriod>[] {
  return [
    {
      id: 'at',
      head: words.columns[by],
      cell: ({ at }) => (
        <time dateTime={at} title={at}>
          {periodOf(at, by, clock)}
        </time>
      ),
      text: ({ at }) => at,
    },
    ...SUM_COLUMNS.map(([sum, from]): Column<SalesOfPeriod> => ({
      id: sum,
      head: words.sums[sum],
      align: 'right',
      ...(from && { from }),
      cell: ({ [sum]: value }) => (value === undefined ? none : textOf(sum, value, clock.language)),
      ...(isMoney(sum) && { textHead: moneyHeadOf(words.sums[sum]) }),
      text: ({ [sum]: value }) => (isMoney(sum) ? plainMoneyOf(value) : String(value ?? '')),
    })),
    {
      id: 'source',
      head: words.columns.source,
      from: 'desktop',
      cell: ({ source }) => words.sources[source],
      text: ({ source }) => source,
    },
  ];
}

function Sums({ rows }: { readonly rows: readonly SalesOfPeriod[] }) {
  const words = useWordsOf(salesWords);
  const language = useLanguage();
  return (
    <dl className={css['sums']}>
      {SUM_COLUMNS.map(([sum]) => {
        const its = sumOf(rows, sum);
        return (
          its !== undefined && (
            <div key={sum}>
              <dt>{words.sums[sum]}</dt>
              <dd>
                {textOf(sum, its.value, language)} {its.isPart && <small>{words.atLeast}</small>}
              </dd>
            </div>
          )
        );
      })}
    </dl>
  );
}

/** Everything that is known of a row, in one line. */
function told(row: SalesOfPeriod, measure: Measure, by: Period, words: SalesWords, clock: Clock): string {
  const parts = [
    row[measure] === undefined && words.notKnown,
    row.revenue !== undefined && moneyOf(row.revenue, clock.language),
    words.units(countOf(row.units, clock.language)),
    row.orders !== undefined && words.orders(countOf(row.orders, clock.language)),
  ].filter((part) => part !== false);
  return `${periodOf(row.at, by, clock)}: ${parts.join(' · ')}`;
}

/** The rows as bars, and the table that the bars are made of. */
function Picture({
  rows,
  by,
  columns,
  children,
}: {
  readonly rows: readonly SalesOfPeriod[];
  readonly by: Period;
  readonly columns: readonly Column<SalesOfPeriod>[];
  /** What stands between the two. */
  readonly children: ReactNode;
}) {
  const words = useWordsOf(salesWords);
  const [clock] = useSettings();
  const { language } = clock;
  const [address, change] = useAddress();
  const known = knownIn(rows);
  const measure = measureOf(address['bars'], known);
  const { indices, isDate } = ticksAt(
    rows.map(({ at }) => Date.parse(at)),
    by,
    clock.zone,
  );
  const ticks = indices.map((index, place) => {
    const atMs = Date.parse(rows[index]!.at);
    const zone = by === 'day' ? 'utc' : clock.zone;
    const text = isDate ? dayOf(atMs, { language, zone }) : clockOf(atMs, zone).slice(0, 5);
    return { at: (index + 0.5) / rows.length, text, isSpare: place % 2 === 1 };
  });
  const sum = sumOf(rows, measure);
  const short = isMoney(measure) ? shortMoneyOf : shortCountOf;
  return (
    <>
      <Sums rows={rows} />
      <Tabs
        label={words.bars}
        value={measure}
        options={known.map((one) => [one, words.sums[one]] as const)}
        onChange={(one) => change({ bars: one === known[0] ? undefined : one })}
      />
      <Bars
        label={words.charts[by][measure]}
        summary={sum === undefined ? '' : words.total(textOf(measure, sum.value, language), sum.isPart)}
        told={rows.map((row) => ({
          at: row.at,
          value: row[measure] ?? null,
          text: told(row, measure, by, words, clock),
        }))}
        ticks={ticks}
        value={(value) => short(value, language)}
      />
      <p className={css['origin']}>
        {[words.origins[originOf(rows)!], by === 'day' && words.days].filter(Boolean).join(' ')}
      </p>
      {children}
      <details className={css['table']} open={rows.length <= OPEN_ROWS}>
        <summary>{words.table(rows.length)}</summary>
        <DataTable
          caption={words.charts[by][measure]}
          columns={columns}
          rows={rows.toReversed()}
          keyOf={({ at }) => at}
        />
      </details>
    </>
  );
}

/** What was sold in a time, by the hour or day, and which products sold most in it. */
export default function Sales() {
  const words = useWordsOf(salesWords);
  const { pages, none } = useWords();
  const [clock] = useSettings();
  const api = useApi();
  const [address, change] = useAddress();
  const { by, last } = viewOf(address);
  const { from, to } = address;
  const key = [by, last, from, to, clock.zone];
  const sales = useFresh(
    ['sales', ...key],
    (signal) => api.admin.sales({ by, ...timesOf(address, Date.now(), clock.zone) }, { signal }),
    { everyMs: EVERY_MS },
  );
  const { data: rows, error } = sales;
  const columns = columnsOf(words, by, none, clock);
  const isEmpty = rows?.every(({ units, orders = 0 }) => units === 0 && orders === 0) === true;
  const isUsual = last === '30d';
  return (
    <Page
      title={pages.sales}
      live={<LiveLine {...sales.freshness} />}
      actions={
        <ListActions name="sales" cells={rows && cellsOf(columns, rows)} isEarlier={sales.isEarlier} />
      }
    >
      <div className={css['controls']}>
        <Tabs
          label={words.range}
          value={last}
          options={LASTS.map((one) => [one, words.lasts[one]] as const)}
          onChange={(one) => change({ last: one, from: undefined, to: undefined, by: undefined }, true)}
        />
        <Tabs
          label={words.by}
          value={by}
          options={(['hour', 'day'] as const).map((one) => [one, words.periods[one]] as const)}
          onChange={(one) =>
            change({ by: one, ...(one === 'hour' && last === '90d' && { last: '30d' }) }, true)
          }
        />
      </div>
      <AddressFilters fields={FIELDS} labels={words.filters} />
      {error !== null && <Problem error={error} onRetry={sales.refresh} />}
      {rows === undefined && error === null && <Skeleton lines={9} />}
      {rows !== undefined && isEmpty && (
        <Empty
          why={rows.length === 0 ? words.notKept : words.none}
          action={
            isUsual ? undefined : (
              <Button
                onClick={() => change({ last: undefined, from: undefined, to: undefined, by: undefined })}
              >
                {words.all}
              </Button>
            )
          }
          command="npx jangteo sales"
        />
      )}
      {rows !== undefined && !isEmpty && (
        <Old of={sales.freshness} className={sales.isEarlier ? css['earlier'] : undefined}>
          <Picture rows={rows} by={by} columns={columns}>
            <Products name={key} times={() => timesOf(address, Date.now(), clock.zone)} />
          </Picture>
        </Old>
      )}
    </Page>
  );
}
