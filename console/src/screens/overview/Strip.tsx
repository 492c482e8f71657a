import type { ShopNow } from '@jangteo/client';
import { useSettings } from '../../app/settings.js';
import { DataTable } from '../../ui/DataTable.js';
import { clockOf, countOf, durationOf } from '../../ui/format.js';
import { useNow } from '../../ui/now.js';
import { useLanguage, useWords, useWordsOf } from '../../words/index.js';
import { Chart } from './Chart.js';
import { minutesOf, seriesOf, SPAN_MS, type Moment } from './series.js';
import css from './Strip.module.css';
import { words as overviewWords } from './words.js';
import type { Column } from '../../ui/tables.js';

/** With their tones: what a rule refused is amber, what ran out of time is worth a look. */
const TONES = { success: 'done', refused: 'undone', timedOut: 'act', inFlight: 'working' } as const;
type Outcome = keyof typeof TONES;
const OUTCOMES = Object.keys(TONES) as Outcome[];

interface Minute {
  readonly at: number;
  readonly told: Moment;
}

function Minutes({ minutes }: { readonly minutes: readonly Minute[] }) {
  const words = useWordsOf(overviewWords);
  const { none } = useWords();
  const language = useLanguage();
  const [{ zone }] = useSettings();
  const columns: readonly Column<Minute>[] = [
    { id: 'at', head: words.minute, cell: ({ at }) => clockOf(at, zone) },
    ...OUTCOMES.map((outcome): Column<Minute> => ({
      id: outcome,
      head: words.outcome[outcome],
      align: 'right',
      cell: ({ told }) => countOf(told[outcome], language),
    })),
    {
      id: 'p95',
      head: words.latency,
      align: 'right',
      cell: ({ told }) => (told.p95Ms === undefined ? none : durationOf(told.p95Ms, language)),
    },
  ];
  return (
    <details className={css['table']}>
      <summary>{words.table}</summary>
      <DataTable
        caption={`${words.strip}: ${words.byOutcome}`}
        columns={columns}
        rows={minutes}
        keyOf={({ at }) => String(at)}
        isAside
      />
    </details>
  );
}

/** How orders fared in the last ten minutes, as far as this page has heard: what it has not is left empty. */
export function Strip({ heard }: { readonly heard: readonly ShopNow[] }) {
  const words = useWordsOf(overviewWords);
  const language = useLanguage();
  const [{ zone }] = useSettings();
  const now = Math.max(useNow(), Date.parse(heard.at(-1)?.at ?? '') || 0);
  const series = seriesOf(heard, now);
  const at = series.at.map((moment) => moment / 1_000);
  const range = [(now - SPAN_MS) / 1_000, now / 1_000] as const;
  const clock = (seconds: number) => clockOf(seconds * 1_000, zone).slice(0, 5);
  const shared = { at, range, clock };
  const last = series.told.at(-1);
  const [first] = series.at;
  return (
    <>
      <div className={css['strip']}>
        <figure className={css['chart']}>
          <figcaption>
            <span>{words.byOutcome}</span>
            {OUTCOMES.map((outcome) => (
              <span key={outcome} className={css['key']} data-tone={TONES[outcome]}>
                {words.outcome[outcome]}
                <b>{last === undefined ? '' : countOf(last[outcome], language)}</b>
              </span>
            ))}
          </figcaption>
          <Chart
            {...shared}
            label={words.byOutcome}
            lines={OUTCOMES.map((outcome) => ({
              label: words.outcome[outcome],
              tone: TONES[outcome],
              values: series.told.map((told) => told?.[outcome] ?? null),
            }))}
            value={(value) => countOf(value, language)}
          />
        </figure>
        <figure className={css['chart']}>
          <figcaption>
            <span>{words.latency}</span>
            <span className={css['key']} data-tone="accent">
              <b>{last?.p95Ms === undefined ? '' : durationOf(last.p95Ms, language)}</b>
            </span>
          </figcaption>
          <Chart
            {...shared}
            label={words.latency}
            lines={[
              {
                label: words.latency,
                tone: 'accent',
                values: series.told.map((told) => told?.p95Ms ?? null),
              },
            ]}
            value={(ms) => durationOf(ms, language)}
          />
        </figure>
      </div>
      {first !== undefined && <p className={css['since']}>{words.watchedSince(clockOf(first, zone))}</p>}
      <Minutes minutes={minutesOf(series)} />
    </>
  );
}
