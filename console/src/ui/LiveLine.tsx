import { useSettings } from '../app/settings.js';
import { useWords } from '../words/index.js';
import { Button } from './Button.js';
import { classes } from './classes.js';
import { clockOf, timeOf } from './format.js';
import { useIsHeld } from './hold.js';
import { useNow } from './now.js';
import css from './LiveLine.module.css';

/** How fresh what is shown is. */
export interface Freshness {
  /** When it was last heard, in milliseconds; 0 before. */
  readonly at: number;
  /** How often it was tried in vain since then. */
  readonly tries: number;
  readonly isStopped: boolean;
  readonly connect: () => void;
}

export function LiveLine({
  at,
  tries,
  isStopped,
  connect,
  isStream = false,
}: Freshness & {
  /** It goes on whatever is being chosen. */
  readonly isStream?: boolean;
}) {
  const { live, time } = useWords();
  const [{ language, zone }] = useSettings();
  const now = Math.max(useNow(), at);
  const isHeld = useIsHeld() && !isStream;
  if (isStopped) {
    return (
      <p className={classes(css['line'], css['stopped'])} role="status">
        {live.stopped(at === 0 ? '–' : clockOf(at, zone))}
        <Button onClick={connect}>{live.connect}</Button>
      </p>
    );
  }
  if (tries > 0) {
    return (
      <p className={classes(css['line'], css['trying'])} role="status">
        {live.reconnecting(tries)}
      </p>
    );
  }
  if (at === 0) return null;
  const state = isHeld ? live.held : live.live;
  return (
    <p className={classes(css['line'], isHeld ? css['trying'] : css['fresh'])}>
      {`${state} · ${timeOf(at, now, time, { language, zone })}`}
    </p>
  );
}
