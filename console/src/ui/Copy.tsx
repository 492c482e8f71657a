import { Check, Copy as CopyIcon } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useWords } from '../words/index.js';
import { Button } from './Button.js';
import { shortOf } from './format.js';
import css from './Copy.module.css';

const SHOWN_MS = 1_500;

type Copied = 'copied' | 'failed' | undefined;

/** What became of the last thing that was to be copied, for as long as it is told; and what copies one. */
export function useCopy(): readonly [Copied, (text: string) => Promise<void>] {
  const [copied, set] = useState<Copied>();
  useEffect(() => {
    if (copied !== 'copied') return undefined;
    const timer = setTimeout(() => set(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async (text: string): Promise<void> => {
    try {
      // There is no clipboard at all for pages without TLS.
      await navigator.clipboard.writeText(text);
      set('copied');
    } catch {
      set('failed');
    }
  };
  return [copied, copy];
}

export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const { actions } = useWords();
  const [copied, copy] = useCopy();
  return (
    <>
      <Button
        kind="quiet"
        className={css['copy']}
        aria-label={`${copied === 'copied' ? actions.copied : actions.copy}: ${what}`}
        title={actions.copy}
        icon={copied === 'copied' ? <Check aria-hidden /> : <CopyIcon aria-hidden />}
        onClick={() => void copy(text)}
      />
      {copied === 'failed' && (
        <span role="alert" className={css['failed']}>
          {actions.copyFailed}
        </span>
      )}
    </>
  );
}

/** What is shown this once: whole, so that it can be taken by hand too. */
export function OnceShown({ text, what }: { readonly text: string; readonly what: string }) {
  return (
    <span className={css['secret']}>
      <code>{text}</code>
      <CopyButton text={text} what={what} />
    </span>
  );
}

/** An id, shortened in the middle; the whole one is in its title, and can be copied. */
export function Id({ id, what = id }: { readonly id: string; readonly what?: string }) {
  return (
    <span className={css['id']}>
      <code title={id}>{shortOf(id)}</code>
      <CopyButton text={id} what={what} />
    </span>
  );
}
