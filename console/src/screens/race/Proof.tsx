import { RotateCw } from 'lucide-react';
import type { CouponPlaces } from '@jangteo/client';
import { useSettings } from '../../app/settings.js';
import { Button } from '../../ui/Button.js';
import { clockOf, countOf } from '../../ui/format.js';
import { Panel } from '../../ui/Page.js';
import { Status } from '../../ui/Status.js';
import { useLanguage, useWordsOf } from '../../words/index.js';
import { proofOf } from './model.js';
import css from './race.module.css';
import { words as raceWords } from './words.js';

function Checks({ places }: { readonly places: CouponPlaces }) {
  const { proof } = useWordsOf(raceWords);
  const language = useLanguage();
  const [{ zone }] = useSettings();
  const { at, checkedTo, highestPlace } = places;
  return (
    <>
      <ul className={css['checks']}>
        {proofOf(places).map(({ id, left, right, holds }) => (
          <li key={id}>
            <Status tone={holds ? 'done' : 'act'} isBare>
              {proof.checks[id]}
            </Status>
            <span className={css['sides']}>
              {countOf(left, language)} {holds ? (id === 'total' ? '≤' : '=') : id === 'total' ? '>' : '≠'}{' '}
              {countOf(right, language)}
            </span>
          </li>
        ))}
      </ul>
      {checkedTo < highestPlace && (
        <p className={css['note']}>{proof.partly(countOf(checkedTo, language))}</p>
      )}
      <p className={css['note']}>{proof.at(clockOf(Date.parse(at), zone))}</p>
    </>
  );
}

/** Whether the first have got it, one each: shown at any time, since it holds at every moment. */
export function Proof({
  places,
  error,
  onAgain,
}: {
  readonly places: CouponPlaces | undefined;
  readonly error: Error | null;
  readonly onAgain: () => void;
}) {
  const { proof } = useWordsOf(raceWords);
  const holds = places !== undefined && proofOf(places).every((check) => check.holds);
  return (
    <Panel
      title={proof.title}
      actions={
        <Button
          kind="quiet"
          icon={<RotateCw aria-hidden />}
          aria-label={proof.again}
          title={proof.again}
          onClick={onAgain}
        />
      }
    >
      <p className={css['verdict']}>
        {places === undefined || error !== null ? (
          <Status tone="neutral">{proof.unknown}</Status>
        ) : (
          <Status tone={holds ? 'done' : 'act'}>{holds ? proof.holds : proof.fails}</Status>
        )}
      </p>
      {places !== undefined && <Checks places={places} />}
    </Panel>
  );
}
