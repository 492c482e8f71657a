import type { AuditInShort } from '@jangteo/client';
import { useState } from 'react';
import { Link } from 'wouter';
import { useSettings } from '../../app/settings.js';
import { durationOf, timeOf } from '../../ui/format.js';
import { useNow } from '../../ui/now.js';
import { useWords, useWordsOf } from '../../words/index.js';
import css from './Books.module.css';
import { MARKS } from './Mark.js';
import { words as bookWords } from './words.js';

export const SHOWN = 60;

/** The latest audits, the newest at the end: what each found is told where it has the focus or is pointed at. */
export function Cells({
  audits,
  chosen,
}: {
  /** Newest first. */
  readonly audits: readonly AuditInShort[];
  readonly chosen: string | undefined;
}) {
  const words = useWordsOf(bookWords);
  const { time } = useWords();
  const [{ language, zone }] = useSettings();
  const now = useNow();
  const [pointed, point] = useState<string>();
  const textOf = ({ state, checkedAt, tookMs, findings, unanswered }: AuditInShort): string => {
    const at = Date.parse(checkedAt);
    return [
      timeOf(at, Math.max(now, at), time, { language, zone }),
      state === 'UNKNOWN' ? words.away(unanswered.join(', ')) : words.cell[state],
      ...(findings > 0 ? [words.found(findings)] : []),
      words.took(durationOf(tookMs, language)),
    ].join(' · ');
  };
  const told = audits.find(({ auditId }) => auditId === (pointed ?? chosen));
  return (
    <>
      <ol className={css['cells']} onMouseLeave={() => point(undefined)}>
        {Array.from({ length: Math.max(0, SHOWN - audits.length) }, (_, index) => (
          <li key={index} aria-hidden className={css['none']} />
        ))}
        {audits.toReversed().map((audit) => (
          <li key={audit.auditId}>
            <Link
              href={`/books?audit=${audit.auditId}`}
              className={css['cell']}
              data-verdict={audit.state}
              aria-label={textOf(audit)}
              {...(audit.auditId === chosen ? { 'aria-current': 'true' as const } : {})}
              onMouseEnter={() => point(audit.auditId)}
              onFocus={() => point(audit.auditId)}
              onBlur={() => point(undefined)}
            >
              <span aria-hidden>{MARKS[audit.state]}</span>
            </Link>
          </li>
        ))}
      </ol>
      <p className={css['hint']}>{told === undefined ? words.cellsHint : textOf(told)}</p>
    </>
  );
}
