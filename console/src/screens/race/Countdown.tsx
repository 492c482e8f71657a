import { useEffect, useState } from 'react';
import { useWordsOf } from '../../words/index.js';
import { countdownOf, untilNextSecond } from './model.js';
import css from './race.module.css';
import { words as raceWords } from './words.js';

/** A timer may be early by a moment. */
const MARGIN_MS = 4;
/** Whatever is further away is looked at again all the same, as clocks are set. */
const LOOK_EVERY_MS = 1_000;

/**
 * The present of the shop, for as long as somebody looks.
 *
 * @param ahead how far its clock is ahead of this machine's; undefined while that is not known
 * @param target what is waited for: the present is told anew as each second before it begins
 */
export function useShopNow(ahead: number | undefined, target: number | undefined): number | undefined {
  const [, look] = useState(0);
  const now = ahead === undefined ? undefined : performance.now() + ahead;
  useEffect(() => {
    if (now === undefined) return undefined;
    const wait =
      target === undefined || target <= now ? LOOK_EVERY_MS : untilNextSecond(target - now) + MARGIN_MS;
    const timer = setTimeout(() => look((count) => count + 1), wait);
    return () => clearTimeout(timer);
  });
  return now;
}

export function Countdown({ label, left }: { readonly label: string; readonly left: number }) {
  const words = useWordsOf(raceWords);
  const { days, clock } = countdownOf(left);
  return (
    <p className={css['countdown']} role="timer" aria-label={label}>
      {days > 0 && <span className={css['days']}>{words.days(days)}</span>}
      <span>{clock}</span>
    </p>
  );
}
