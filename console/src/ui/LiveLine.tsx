import { useSettings } from '../app/settings.js';
import { useWords } from '../words/index.js';
import { Button } from './Button.js';
import { classes } from './classes.js';
import { clockOf, timeOf } from './format.js';
import { stateOf, type Freshness } from './freshness.js';
import { useIsHeld } from './hold.js';
import { useNow } from './now.js';
import css from './LiveLine.module.css';
import { useKeys } from './use-keys.js';

/** Says how fresh a page is, whose key `r` reads it anew. */
export function LiveLine({
  isStream = false,
  ...freshness
}: Freshness & {
  /** It goes on whatever is being chosen. */
  readonly isStream?: boolean;
}) {
  const { live, time } = useWords();
  const [{ language, zone }] = useSettings();
  const { at, tries, connect } = freshness;
  useKeys({ r: connect });
  const now = Math.max(useNow(), at);
  const isHeld = useIsHeld() && !isStream;
  const state = stateOf(freshness, now);
  if (state === 'none') return null;
  const clock = at === 0 ? '–' : clockOf(at, zone);
  if (state === 'stopped') {
    return (
      <p className={classes(css['line'], css['stopped'])} role="status">
        {live.stopped(clock)}
        <Button onClick={connect}>{live.connect}</Button>
      </p>
    );
  }
  if (state === 'trying' || (state === 'old' && !isHeld)) {
    return (
      <p className={classes(css['line'], css['trying'])} role="status">
        {state === 'trying' ? live.reconnecting(tries) : live.old(clock)}
      </p>
    );
  }
  return (
    <p className={classes(css['line'], isHeld ? css['trying'] : css['fresh'])}>
      {`${isHeld ? live.held : live.live} · ${timeOf(at, now, time, { language, zone })}`}
    </p>
  );
}
