import { CircleAlert, CircleCheck, CircleDashed, CircleDot, CircleSlash } from 'lucide-react';
import type { ReactNode } from 'react';
import { classes } from './classes.js';
import css from './Status.module.css';

/** Nothing to say; at work; done; undone, or refused by rule; a person must act. */
export type Tone = 'neutral' | 'working' | 'done' | 'undone' | 'act';

const ICONS = {
  neutral: CircleDot,
  working: CircleDashed,
  done: CircleCheck,
  undone: CircleSlash,
  act: CircleAlert,
} as const;

/** A state by icon, word and colour: none of them is needed to read it. */
export function Status({
  tone,
  children,
  isBare = false,
}: {
  readonly tone: Tone;
  readonly children: ReactNode;
  /** Without a ground, where there are many of them in a row. */
  readonly isBare?: boolean;
}) {
  const Icon = ICONS[tone];
  return (
    <span className={classes(css['status'], css[tone], isBare && css['bare'])}>
      <Icon aria-hidden />
      <span>{children}</span>
    </span>
  );
}
