import type { ReactNode } from 'react';
import { classes } from './classes.js';
import { stateOf, type Freshness } from './freshness.js';
import { useIsHeld } from './hold.js';
import { useNow } from './now.js';
import css from './Old.module.css';

/** What is shown of something that is heard again and again, which loses its colours while it is not. */
export function Old({
  of,
  className,
  children,
}: {
  readonly of: Freshness;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}) {
  const state = stateOf(of, useNow());
  // While it is held for whoever reads, nothing was to be heard.
  const isHeld = useIsHeld() && state === 'old';
  return (
    <div
      data-old={state !== 'live' && state !== 'none' && !isHeld}
      className={classes(css['old'], className)}
    >
      {children}
    </div>
  );
}
