import type { ReactNode } from 'react';
import { useSettings } from '../../app/settings.js';
import { clockOf, countOf, durationOf } from '../../ui/format.js';
import { stateOf } from '../../ui/freshness.js';
import { useNow } from '../../ui/now.js';
import { Panel } from '../../ui/Page.js';
import { Problem } from '../../ui/Problem.js';
import { Skeleton } from '../../ui/Skeleton.js';
import { Status, type Tone } from '../../ui/Status.js';
import { useLanguage, useWordsOf } from '../../words/index.js';
import { Countdown, useShopNow } from './Countdown.js';
import {
  awaitedIn,
  rateOf,
  spanOf,
  stageOf,
  tickerOf,
  TICKER_ROWS,
  type Figures,
  type Stage,
} from './model.js';
import { Proof } from './Proof.js';
import css from './race.module.css';
import type { Race } from './use-race.js';
import { words as raceWords } from './words.js';

const TONES: Readonly<Record<Stage, Tone>> = {
  before: 'neutral',
  open: 'working',
  suspended: 'undone',
  soldOut: 'done',
  after: 'neutral',
};

/** The stage with what there is to say of it, large enough for a wall. */
function Hero({ figures, ahead }: { readonly figures: Figures; readonly ahead: number | undefined }) {
  const words = useWordsOf(raceWords);
  const language = useLanguage();
  const { issueStartsAt, issueEndsAt, remainingQuantity, issuedQuantity, totalQuantity } = figures;
  const targets = [issueStartsAt, issueEndsAt].flatMap((moment) =>
    moment === undefined ? [] : [Date.parse(moment)],
  );
  // The first that is still to come; while the clock is not known, both may be.
  const seen = useShopNow(
    ahead,
    targets.find((target) => target > performance.now() + (ahead ?? 0)),
  );
  const now = seen ?? Date.now();
  const stage = stageOf(figures, now);
  const target = awaitedIn(stage, figures);
  const count = (value: number): string => countOf(value, language);
  const sentence = {
    before: undefined,
    open: words.left(remainingQuantity, count(remainingQuantity)),
    suspended: words.suspended,
    soldOut: words.leftNone,
    after: words.ended(count(issuedQuantity), count(totalQuantity)),
  }[stage];
  const until = stage === 'before' || stage === 'open' ? words.until[stage] : undefined;
  return (
    <section className={css['hero']} data-stage={stage} aria-label={words.stages[stage]}>
      <p className={css['stage']} role="status">
        <Status tone={TONES[stage]}>{words.stages[stage]}</Status>
      </p>
      {target !== undefined && until !== undefined && (
        <div className={css['awaited']}>
          <span>{until}</span>
          <Countdown label={until} left={target - now} />
        </div>
      )}
      {stage !== 'before' && (
        <p className={css['score']}>
          <strong>{count(issuedQuantity)}</strong>
          <span>/ {count(totalQuantity)}</span>
        </p>
      )}
      <progress
        className={css['bar']}
        max={totalQuantity}
        value={issuedQuantity}
        aria-label={words.issued}
        aria-valuetext={words.taken(count(issuedQuantity), count(totalQuantity))}
      />
      <p className={css['sentence']}>
        {sentence ?? words.taken(count(issuedQuantity), count(totalQuantity))}
      </p>
    </section>
  );
}

function Figure({
  name,
  value,
  more,
}: {
  readonly name: string;
  readonly value: string;
  readonly more: string | undefined;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <strong>{value}</strong>
        <small>{more}</small>
      </dd>
    </div>
  );
}

function Numbers({ race: { figures: so, heard, proof } }: { readonly race: Race }) {
  const { figures, kinds, kindsTitle } = useWordsOf(raceWords);
  const language = useLanguage();
  const { now, samples, peak } = heard;
  const rate = rateOf(samples);
  const rateIn = (value: number): string =>
    value > 0 && value < 10 ? value.toFixed(1) : countOf(Math.round(value), language);
  const answers = Object.entries(now?.answers ?? {}) as [keyof typeof kinds, number][];
  const span = proof.places && spanOf(proof.places);
  return (
    <>
      <dl className={css['figures']}>
        <Figure
          name={figures.rate}
          value={rate === undefined ? '–' : rateIn(rate)}
          more={peak === undefined ? '' : peak === 0 ? figures.quiet : figures.peak(rateIn(peak))}
        />
        <Figure
          name={figures.half}
          value={now?.latency === undefined ? '–' : durationOf(now.latency.p50Ms, language)}
          more={
            now?.latency === undefined
              ? now && figures.quiet
              : figures.most(durationOf(now.latency.p95Ms, language))
          }
        />
        <Figure
          name={figures.span}
          value={span === undefined ? '–' : durationOf(span, language)}
          more={so !== undefined && so.issuedQuantity < 2 ? figures.noSpan : ''}
        />
        <Figure
          name={figures.answered}
          value={
            now === undefined
              ? '–'
              : countOf(
                  answers.reduce((sum, [, count]) => sum + count, 0),
                  language,
                )
          }
          more=""
        />
      </dl>
      <ul className={css['kinds']} aria-label={kindsTitle}>
        {answers
          .filter(([kind, count]) => count > 0 || kind === 'issued')
          .map(([kind, count]) => (
            <li key={kind}>
              <strong>{countOf(count, language)}</strong> {kinds[kind]}
            </li>
          ))}
      </ul>
    </>
  );
}

function Ticker({ race: { heard, proof } }: { readonly race: Race }) {
  const { ticker } = useWordsOf(raceWords);
  const language = useLanguage();
  const [{ zone }] = useSettings();
  const rows = tickerOf(heard.ticks, proof.places?.latest);
  const timeOf = (at: string): string => `${clockOf(Date.parse(at), zone)}.${at.slice(20, 23)}`;
  return (
    <Panel title={ticker.title}>
      <table className={css['ticker']}>
        <thead>
          <tr>
            <th scope="col">{ticker.place}</th>
            <th scope="col">{ticker.at}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ from, to, at }) => (
            <tr key={to}>
              <td>
                {from === to
                  ? countOf(to, language)
                  : ticker.places(countOf(from, language), countOf(to, language))}
              </td>
              <td>
                <time dateTime={at}>{timeOf(at)}</time>
              </td>
            </tr>
          ))}
          {/* It keeps its height: nothing below it moves while it fills. */}
          {Array.from({ length: TICKER_ROWS - rows.length }, (_, index) => (
            <tr key={`none ${index}`} aria-hidden>
              <td colSpan={2}>{rows.length === 0 && index === 0 ? ticker.empty : '\u00a0'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={css['note']}>{ticker.masked}</p>
    </Panel>
  );
}

/**
 * A race as it is shown to those who run the shop and to everybody.
 *
 * @param mine for those who take part, where they look first
 * @param aside beside it, below it on a phone
 */
export function Board({
  race,
  mine,
  aside,
}: {
  readonly race: Race;
  readonly mine?: ReactNode;
  readonly aside: ReactNode;
}) {
  const words = useWordsOf(raceWords);
  const { figures, ahead, error, proof, freshness, isCrowded, refresh } = race;
  const now = useNow();
  return (
    <div className={css['board']} data-old={figures !== undefined && stateOf(freshness, now) !== 'live'}>
      {error !== null && <Problem error={error} onRetry={refresh} />}
      {isCrowded && (
        <p className={css['crowd']} role="status">
          {words.crowd}
        </p>
      )}
      <div className={css['columns']}>
        <div className={css['main']}>
          {figures === undefined ? (
            error === null && <Skeleton lines={8} />
          ) : (
            <Hero figures={figures} ahead={ahead} />
          )}
        </div>
        {mine !== undefined && <div className={css['mine']}>{mine}</div>}
        <div className={css['rest']}>
          {figures !== undefined && (
            <>
              <Numbers race={race} />
              <div className={css['panels']}>
                <Proof places={proof.places} error={proof.error} onAgain={proof.refresh} />
                <Ticker race={race} />
              </div>
            </>
          )}
        </div>
        <aside className={css['aside']}>{aside}</aside>
      </div>
      <p className={css['order']}>{words.order}</p>
    </div>
  );
}
