import type { ReactNode } from 'react';
import { CopyButton } from './Copy.js';
import css from './Empty.module.css';

/** Nothing there: one sentence why, what changes that, and the command that does. */
export function Empty({
  why,
  action,
  command,
}: {
  readonly why: string;
  readonly action?: ReactNode;
  readonly command?: string | undefined;
}) {
  return (
    <div className={css['empty']}>
      <p>{why}</p>
      {action}
      {command !== undefined && (
        <p className={css['command']}>
          <code>{command}</code>
          <CopyButton text={command} what={command} />
        </p>
      )}
    </div>
  );
}
