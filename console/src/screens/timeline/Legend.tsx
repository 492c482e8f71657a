import type { TimelineWords } from '../../timeline/words.js';
import css from './Legend.module.css';

/** What the signs in the lanes mean. */
export function Legend({
  words,
  isInFlight,
}: {
  readonly words: TimelineWords;
  readonly isInFlight: boolean;
}) {
  const { page } = words;
  const signs: readonly (readonly [sign: string, word: string])[] = [
    ['waiting', page.waiting],
    ['working', page.working],
    ['refusal', page.refusal],
    ['undo', page.undo],
    ['pause', page.pause],
    ...(isInFlight
      ? ([
          ['pending', page.pending],
          ['ghost', page.ghost],
        ] as const)
      : []),
  ];
  return (
    <ul className={css['legend']} aria-label={page.legend}>
      {signs.map(([sign, word]) => (
        <li key={sign}>
          <span className={css[sign]} aria-hidden />
          {word}
        </li>
      ))}
    </ul>
  );
}
