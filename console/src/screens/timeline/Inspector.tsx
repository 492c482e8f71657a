import { ChevronLeft, ChevronRight } from 'lucide-react';
import { Button } from '../../ui/Button.js';
import { classes } from '../../ui/classes.js';
import { CopyButton } from '../../ui/Copy.js';
import type { Fact, Facts } from '../../timeline/facts.js';
import type { ToldMark } from '../../timeline/tell.js';
import type { TimelineWords } from '../../timeline/words.js';
import css from './Inspector.module.css';

function FactRow({ fact: { label, value, iso, clock, isCode, isMissing } }: { readonly fact: Fact }) {
  return (
    <div className={css['fact']}>
      <dt>{label}</dt>
      <dd className={classes(isMissing && css['missing'])}>
        {isCode ? (
          <span className={css['code']}>
            <code>{value}</code>
            <CopyButton text={value} what={label} />
          </span>
        ) : (
          <span>{value}</span>
        )}
        {iso !== undefined && (
          <span className={css['clock']}>
            <time dateTime={iso}>{iso}</time>
            {` · ${clock}`}
          </span>
        )}
      </dd>
    </div>
  );
}

/** All that is known of one mark, and the way to the next one. */
export function Inspector({
  told,
  count,
  facts,
  words,
  onStep,
}: {
  readonly told: ToldMark;
  readonly count: number;
  readonly facts: readonly Facts[];
  readonly words: TimelineWords;
  readonly onStep: (by: 1 | -1) => void;
}) {
  const { page } = words;
  const { mark, number, when, who, what } = told;
  return (
    <section className={css['inspector']} aria-label={page.inspector}>
      <header className={css['head']}>
        <h2>{page.inspector}</h2>
        <p className={css['place']}>{page.of(number, count)}</p>
        <div className={css['steps']}>
          <Button
            kind="quiet"
            aria-label={page.previous}
            title={`${page.previous} ( [ )`}
            icon={<ChevronLeft aria-hidden />}
            disabled={number === 1}
            onClick={() => onStep(-1)}
          />
          <Button
            kind="quiet"
            aria-label={page.next}
            title={`${page.next} ( ] )`}
            icon={<ChevronRight aria-hidden />}
            disabled={number === count}
            onClick={() => onStep(1)}
          />
        </div>
      </header>
      <p className={css['what']} data-tone={mark.tone} aria-live="polite">
        <span className={css['when']}>{when}</span> <strong>{who}</strong> {what}
      </p>
      <div className={css['groups']}>
        {facts.map(({ title, facts: its }, index) => (
          <div key={index}>
            <h3>{title}</h3>
            <dl>
              {its.map((fact, place) => (
                <FactRow key={place} fact={fact} />
              ))}
            </dl>
          </div>
        ))}
      </div>
    </section>
  );
}
