import type { DeadLetterWithBody } from '@jangteo/client';
import type { ReactNode } from 'react';
import { useApi } from '../../api/index.js';
import { useFresh } from '../../api/fresh.js';
import { useSettings } from '../../app/settings.js';
import { CopyButton } from '../../ui/Copy.js';
import { Facts } from '../../ui/Facts.js';
import { clockOf, countOf } from '../../ui/format.js';
import { Problem } from '../../ui/Problem.js';
import { Status } from '../../ui/Status.js';
import { Time } from '../../ui/Time.js';
import { useLanguage, useWordsOf } from '../../words/index.js';
import css from './failed.module.css';
import { LetterState } from './letter-columns.js';
import { orderOf, prospectsOf } from './prospect.js';
import { readEarlier } from './reads.js';
import { brokenRules } from './rule.js';
import { shownBody, shownField } from './secrets.js';
import { reasonOf, words as failedWords } from './words.js';

interface PartProps {
  readonly letter: DeadLetterWithBody;
}

function Part({
  title,
  aside,
  children,
}: {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section aria-label={title}>
      <header className={css['partHead']}>
        <h3>{title}</h3>
        {aside}
      </header>
      {children}
    </section>
  );
}

/** What happens if it is sent again, as the rows of its receiver tell. */
export function WhatIf({ letter }: PartProps) {
  const words = useWordsOf(failedWords);
  const api = useApi();
  const [{ zone }] = useSettings();
  const orderId = letter.state === 'WAITING' && letter.sendable ? orderOf(letter) : undefined;
  const { data, error } = useFresh(
    ['timeline', orderId],
    (signal) => api.orders.timeline(orderId!, { signal }),
    { isWanted: orderId !== undefined },
  );
  if (orderId !== undefined && data === undefined && error === null) return null;
  const found = prospectsOf(letter, data);
  return (
    <Part title={words.letter.prospect}>
      <ul className={css['effects']}>
        {found.map(({ kind, at }) => (
          <li key={kind}>
            {words.prospects[kind](letter.service, at === undefined ? '' : clockOf(Date.parse(at), zone))}
          </li>
        ))}
      </ul>
    </Part>
  );
}

/** The rule that it broke: where, what was expected, what was found. */
export function RuleOfLetter({ letter }: PartProps) {
  const words = useWordsOf(failedWords);
  const { ruleColumns, absent } = words.letter;
  const rules = brokenRules(letter, words.rules);
  return (
    <Part title={words.letter.rule}>
      <p>{words.explained[letter.reason] ?? reasonOf(letter.reason, words)}</p>
      {rules.length > 0 ? (
        <table className={css['rules']}>
          <thead>
            <tr>
              <th scope="col">{ruleColumns.path}</th>
              <th scope="col">{ruleColumns.expected}</th>
              <th scope="col">{ruleColumns.found}</th>
            </tr>
          </thead>
          <tbody>
            {rules.map(({ path, expected, found }) => (
              <tr key={`${path} ${expected}`}>
                <th scope="row">
                  <code>{path}</code>
                </th>
                <td>{expected}</td>
                <td>{found === undefined ? absent : <code>{found}</code>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        letter.detail !== '' && (
          <pre className={css['pre']} role="group" tabIndex={0} aria-label={words.letter.detail}>
            {shownField('detail', letter.detail)}
          </pre>
        )
      )}
    </Part>
  );
}

export function LetterBody({ letter }: PartProps) {
  const words = useWordsOf(failedWords);
  const language = useLanguage();
  const { body, bodyEncoding, bodyBytes } = letter;
  const text = shownBody(letter);
  const isText = bodyEncoding === 'utf8';
  const shownBytes = isText ? new TextEncoder().encode(body).length : Math.floor((body.length * 3) / 4);
  const bytes = (count: number) => countOf(Math.min(count, bodyBytes), language);
  return (
    <Part title={words.letter.body} aside={<CopyButton text={text} what={words.letter.body} />}>
      <p className={css['small']}>
        {[
          words.letter.bodyBytes(bytes(shownBytes), bytes(bodyBytes)),
          isText ? words.letter.masked : words.letter.base64,
        ].join(' · ')}
      </p>
      <pre className={css['pre']} role="group" tabIndex={0} aria-label={words.letter.body}>
        {text}
      </pre>
    </Part>
  );
}

export function LetterHeaders({ letter }: PartProps) {
  const words = useWordsOf(failedWords);
  const { headers, ...properties } = letter.properties as { readonly headers?: object };
  const fields = [...Object.entries(properties), ...Object.entries(headers ?? {})];
  return (
    <Part title={words.letter.headers}>
      {fields.length === 0 ? (
        <p>{words.letter.noHeaders}</p>
      ) : (
        <Facts
          facts={fields.map(([name, value]) => [name, <code key={name}>{shownField(name, value)}</code>])}
        />
      )}
    </Part>
  );
}

/** What it was each time before it was sent again. */
export function Earlier({ letter }: PartProps) {
  const words = useWordsOf(failedWords);
  const api = useApi();
  const { data, error, refresh } = useFresh(
    ['earlier', letter.service, letter.earlierId],
    (signal) => readEarlier(api, letter, signal),
    { isWanted: letter.earlierId !== undefined },
  );
  return (
    <Part title={words.letter.earlier}>
      {letter.earlierId === undefined && <p>{words.letter.noEarlier}</p>}
      {error !== null && <Problem error={error} onRetry={refresh} />}
      {data !== undefined && letter.earlierId !== undefined && (
        <ol className={css['earlier']}>
          {[letter, ...data].map((one) => (
            <li key={one.deadLetterId}>
              <LetterState state={one.state} />
              <span>{reasonOf(one.reason, words)}</span>
              <span className={css['small']}>
                <Time at={one.parkedAt} />
              </span>
              {one.deadLetterId === letter.deadLetterId && (
                <Status tone="neutral" isBare>
                  {words.letter.now}
                </Status>
              )}
            </li>
          ))}
        </ol>
      )}
    </Part>
  );
}
