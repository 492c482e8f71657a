import type { ShopNow } from '@jangteo/client';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useSettings } from '../../app/settings.js';
import { countOf, durationOf, timeOf, waitingOf } from '../../ui/format.js';
import { useLanguage, useWords, useWordsOf } from '../../words/index.js';
import { booksOf, figuresOf } from './figures.js';
import css from './Overview.module.css';
import { words as overviewWords } from './words.js';

function Figure({
  href,
  label,
  tone,
  note,
  children,
}: {
  readonly href: string;
  readonly label: string;
  /** Where a person should look, or all is well; neither for what only counts. */
  readonly tone?: 'act' | 'undone' | 'done' | undefined;
  readonly note: string | undefined;
  readonly children: ReactNode;
}) {
  return (
    <li>
      <Link href={href} className={css['figure']} data-tone={tone}>
        <span className={css['label']}>{label}</span>
        <span className={css['value']}>{children}</span>
        <span className={css['note']}>{note}</span>
      </Link>
    </li>
  );
}

function BooksFigure({ shop: { at, books } }: { readonly shop: ShopNow }) {
  const words = useWordsOf(overviewWords);
  const { time } = useWords();
  const [clock] = useSettings();
  const tone = books && booksOf(books);
  const value =
    tone === 'act'
      ? `${words.unsound(countOf(books!.findings, clock.language))} ✕`
      : tone === 'done'
        ? `${words.balance} ✓`
        : tone === undefined
          ? words.noAudit
          : words.notKnown;
  const note = books && [
    timeOf(Date.parse(books.checkedAt), Date.parse(at), time, clock),
    books.unanswered[0] && words.away(books.unanswered.join(', ')),
  ];
  return (
    <Figure href="/books" label={words.books} tone={tone} note={note?.filter(Boolean).join(' · ')}>
      {value}
    </Figure>
  );
}

/** The shop in six figures, of which each leads to what is behind it. */
export function Figures({ shop }: { readonly shop: ShopNow }) {
  const words = useWordsOf(overviewWords);
  const { none } = useWords();
  const language = useLanguage();
  const { perSecond, successPercent, outcomes, p95Ms, stuck, inFlight, mayBeMore, deadLetters, uncounted } =
    figuresOf(shop);
  const count = (value: number | undefined) => (value === undefined ? none : countOf(value, language));
  const counted = (value: number | undefined) => `${count(value)}${mayBeMore ? '+' : ''}`;
  const rounded = (value: number) => count(Number(value.toPrecision(value < 10 ? 2 : 3)));
  return (
    <ul className={css['figures']} aria-label={words.figures}>
      <Figure href="/orders" label={words.perSecond} note={words.inFlight(counted(inFlight))}>
        {perSecond === undefined ? none : rounded(perSecond)}
      </Figure>
      <Figure
        href="/orders?status=FAILED"
        label={words.success}
        tone={outcomes !== undefined && outcomes.timedOut > 0 ? 'act' : undefined}
        note={
          outcomes === undefined
            ? words.lastMinute
            : words.outcomes(count(outcomes.refused), count(outcomes.timedOut))
        }
      >
        {successPercent === undefined ? none : `${rounded(successPercent)}%`}
      </Figure>
      <Figure
        href={p95Ms === undefined ? '/orders' : `/orders?slowerThanMs=${p95Ms}`}
        label={words.p95}
        note={words.lastMinute}
      >
        {p95Ms === undefined ? none : durationOf(p95Ms, language)}
      </Figure>
      <Figure
        href="/failed"
        label={words.failed}
        tone={deadLetters > 0 ? 'act' : undefined}
        note={
          uncounted.length > 0
            ? words.uncounted(uncounted.join(', '))
            : deadLetters > 0
              ? words.waitForPeople
              : words.nothingWaits
        }
      >
        {waitingOf(deadLetters, language)}
      </Figure>
      <Figure
        href="/stuck"
        label={words.stuck}
        tone={stuck !== undefined && stuck > 0 ? 'act' : undefined}
        note={
          stuck === undefined
            ? words.notKnown
            : stuck > 0
              ? words.waitForPeople
              : mayBeMore
                ? words.ofOldest(count(inFlight))
                : words.nothingWaits
        }
      >
        {stuck === 0 ? count(stuck) : counted(stuck)}
      </Figure>
      <BooksFigure shop={shop} />
    </ul>
  );
}
