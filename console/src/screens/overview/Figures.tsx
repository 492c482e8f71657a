import type { ShopNow } from '@jangteo/client';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useSettings } from '../../app/settings.js';
import { clockOf, countOf, durationOf, waitingOf } from '../../ui/format.js';
import { useLanguage, useWords, useWordsOf } from '../../words/index.js';
import { figuresOf } from './figures.js';
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
  readonly note: string;
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

function BooksFigure({ books }: Pick<ShopNow, 'books'>) {
  const words = useWordsOf(overviewWords);
  const language = useLanguage();
  const [{ zone }] = useSettings();
  const clock = books && clockOf(Date.parse(books.checkedAt), zone);
  const [tone, sign, value] =
    books === undefined
      ? ([undefined, '', words.noAudit] as const)
      : books.findings > 0
        ? (['act', '✕', words.unsound(countOf(books.findings, language))] as const)
        : books.isSound
          ? (['done', '✓', words.balance] as const)
          : (['undone', '?', words.notKnown] as const);
  const away = books !== undefined && books.unanswered.length > 0;
  return (
    <Figure
      href="/books"
      label={words.books}
      tone={tone}
      note={[clock, away && words.away(books.unanswered.join(', '))].filter(Boolean).join(' · ')}
    >
      {`${value} ${sign}`.trim()}
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
      <BooksFigure books={shop.books} />
    </ul>
  );
}
