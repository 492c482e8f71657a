import type { ShopNow } from '@jangteo/client';
import { CircleAlert } from 'lucide-react';
import { useApi } from '../../api/index.js';
import { useFresh } from '../../api/fresh.js';
import { useNow } from '../../ui/now.js';
import { useWords, useWordsOf } from '../../words/index.js';
import { silencesOf } from './figures.js';
import css from './Overview.module.css';
import { words as overviewWords } from './words.js';

const EVERY_MS = 2_000;
const LOOKED_AT = 100;

/** When the first of the orders that wait is given up, in milliseconds; undefined where none waits or nobody knows. */
function useOldestDeadline(isWanted: boolean): number | undefined {
  const api = useApi();
  const { data } = useFresh(
    ['oldest deadline'],
    (signal) => api.admin.sagas({ olderThanSeconds: 0, limit: LOOKED_AT }, { signal }).page(),
    { everyMs: EVERY_MS, isWanted },
  );
  const deadlines = data?.items.map(({ deadlineAt }) => Date.parse(deadlineAt)) ?? [];
  return isWanted && deadlines.length > 0 ? Math.min(...deadlines) : undefined;
}

/** Each service that does not answer, since when, and what that means for orders. */
export function Silences({ heard }: { readonly heard: readonly ShopNow[] }) {
  const words = useWordsOf(overviewWords);
  const { services } = useWords();
  const silences = silencesOf(heard);
  const inFlight = heard.at(-1)?.sagas?.inFlight;
  const deadline = useOldestDeadline(silences.length > 0 && inFlight !== undefined && inFlight > 0);
  const now = Math.max(useNow(), Date.parse(heard.at(-1)?.at ?? '') || 0);
  const secondsTo = (ms: number) => Math.ceil((ms - now) / 1_000);
  const waiting =
    inFlight === 0
      ? words.nobodyWaits
      : deadline === undefined
        ? undefined
        : secondsTo(deadline) > 0
          ? words.deadline(secondsTo(deadline))
          : words.pastDeadline;
  return (
    <div role="status">
      {silences.length > 0 && (
        <ul className={css['silences']}>
          {silences.map(({ service, sinceMs, isLonger }) => (
            <li key={service}>
              <CircleAlert aria-hidden />
              <p>
                <strong>{services[service]}</strong>
                {`: ${words.silent(Math.max(0, -secondsTo(sinceMs)), isLonger)}; ${words.means[service]}`}
                {service !== 'ranking' && waiting !== undefined && `: ${waiting}`}
              </p>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
