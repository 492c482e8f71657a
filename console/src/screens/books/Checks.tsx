import type { AuditCheck } from '@jangteo/client';
import { Link } from 'wouter';
import { moneyOf as moneyTextOf, shortOf } from '../../ui/format.js';
import { Time } from '../../ui/Time.js';
import { useLanguage, useWordsOf, type Language } from '../../words/index.js';
import css from './Books.module.css';
import { GROUPS, isId, moneyOf, pathOf, problemOf, reasonToLeaveOut, told, type Told } from './equations.js';
import { Mark } from './Mark.js';
import { words as bookWords, type BookWords } from './words.js';

/** Sums may be more than a number holds exactly. */
const amountOf = (amount: bigint, { isMoney }: Pick<Told, 'isMoney'>, language: Language): string =>
  isMoney ? moneyTextOf(amount, language) : amount.toLocaleString(language);

const labelOf = ({ name }: AuditCheck, sum: string, words: BookWords): string =>
  words.sums[`${name} ${sum}`] ?? words.sums[sum] ?? sum.replace('.', ': ');

/** What must hold, in the language of whoever reads: the shop itself says it in English. */
export const aboutOf = ({ name, about }: AuditCheck, words: BookWords): string => words.about[name] ?? about;

/** Both sides of a check as a text: `charged 12,340,000 = credited 12,340,000`. */
export function sumsOf(check: AuditCheck, its: Told, words: BookWords, language: Language): string {
  const { parts } = its;
  if (parts.length === 0) return words.inFlight(String(check.seen[0]?.rows ?? '?'));
  return parts
    .map((part) => {
      if (typeof part === 'string') return part;
      const value = part.value === undefined ? '?' : amountOf(part.value, its, language);
      return `${labelOf(check, part.sum, words)} ${value}`;
    })
    .join(' ');
}

export function verdictTextOf(check: AuditCheck, its: Told, words: BookWords, language: Language): string {
  const { verdict, difference } = its;
  const { findings, unanswered } = check;
  const reason = reasonToLeaveOut(check);
  if (reason !== undefined) return words.leftOut(words.standings[reason]);
  const amount = amountOf(difference < 0n ? -difference : difference, its, language);
  if (verdict === 'UNKNOWN') return words.away(unanswered.join(', '));
  if (verdict === 'SOUND') return words.holds;
  return difference === 0n ? words.wrong(findings) : words.differs(amount);
}

function Sums({ told: its, check }: { readonly told: Told; readonly check: AuditCheck }) {
  const words = useWordsOf(bookWords);
  const language = useLanguage();
  const { parts } = its;
  if (parts.length === 0) {
    const [seen] = check.seen;
    return <p className={css['sums']}>{seen === undefined ? '?' : words.inFlight(String(seen.rows))}</p>;
  }
  return (
    <p className={css['sums']}>
      {parts.map((part, index) =>
        typeof part === 'string' ? (
          <span key={index} className={css['operator']}>{` ${part} `}</span>
        ) : (
          <span key={index} className={css['sum']}>
            {`${labelOf(check, part.sum, words)} `}
            <b>{part.value === undefined ? '?' : amountOf(part.value, its, language)}</b>
          </span>
        ),
      )}
    </p>
  );
}

function Findings({ check }: { readonly check: AuditCheck }) {
  const words = useWordsOf(bookWords);
  const { examples, findings } = check;
  if (findings === 0) return null;
  return (
    <ul className={css['findings']}>
      {examples.map(({ key, problem }) => {
        const path = pathOf(check, key);
        const known = problemOf(problem);
        const shown = isId(key) || path === undefined ? shortOf(key) : key;
        return (
          <li key={key}>
            {path === undefined ? (
              <code title={key}>{shown}</code>
            ) : (
              <Link href={path} title={key}>
                <code>{shown}</code>
              </Link>
            )}
            <span>{known === undefined ? problem : words.problems[known[0]](...known.slice(1))}</span>
          </li>
        );
      })}
      {findings > examples.length && <li>{words.more(findings - examples.length)}</li>}
    </ul>
  );
}

/** From when on what a check is about could not be looked at. */
function LeftOut({ notCompared }: Pick<AuditCheck, 'notCompared'>) {
  const words = useWordsOf(bookWords);
  if (notCompared?.from === undefined) return null;
  const { from, reason } = notCompared;
  return (
    <p className={css['leftOut']}>
      {words.leftOutFrom} <Time at={from} />: {words.standings[reason]}
    </p>
  );
}

function Check({ check, its }: { readonly check: AuditCheck; readonly its: Told }) {
  const words = useWordsOf(bookWords);
  const language = useLanguage();
  return (
    <li className={css['check']} data-verdict={its.verdict} data-check={check.name}>
      <Mark verdict={its.verdict} />
      <div className={css['said']}>
        <p>{aboutOf(check, words)}</p>
        <Sums told={its} check={check} />
        <LeftOut notCompared={check.notCompared} />
        <Findings check={check} />
      </div>
      <p className={css['verdict']} data-verdict={its.verdict}>
        {verdictTextOf(check, its, words, language)}
      </p>
    </li>
  );
}

/** Everything that must hold, by the promise that it is part of. */
export function Checks({ checks }: { readonly checks: readonly AuditCheck[] }) {
  const words = useWordsOf(bookWords);
  const money = moneyOf(checks);
  const all = [...(money === undefined ? [] : [money]), ...checks].map((check) => ({
    check,
    its: told(check),
  }));
  return (
    <div className={css['groups']}>
      {GROUPS.map((group) => {
        const rows = all.filter(({ its }) => its.group === group);
        if (rows.length === 0) return null;
        return (
          <section key={group} className={css['group']} aria-labelledby={`books-${group}`}>
            <h2 id={`books-${group}`}>{words.groups[group]}</h2>
            <ul>
              {rows.map(({ check, its }) => (
                <Check key={check.name} check={check} its={its} />
              ))}
            </ul>
          </section>
        );
      })}
    </div>
  );
}
