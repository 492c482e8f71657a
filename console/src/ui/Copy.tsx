import { Check, Copy as CopyIcon } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useWords } from '../words/index.js';
import { Button } from './Button.js';
import { shortOf } from './format.js';
import css from './Copy.module.css';

const SHOWN_MS = 1_500;

/** Whether the last thing was copied, and what copies one. */
export function useCopy(): readonly [boolean, (text: string) => Promise<void>] {
  const [isCopied, set] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => set(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async (text: string): Promise<void> => {
    await navigator.clipboard.writeText(text);
    set(true);
  };
  return [isCopied, copy];
}

export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const { actions } = useWords();
  const [isCopied, copy] = useCopy();
  return (
    <Button
      kind="quiet"
      className={css['copy']}
      aria-label={`${isCopied ? actions.copied : actions.copy}: ${what}`}
      title={actions.copy}
      icon={isCopied ? <Check aria-hidden /> : <CopyIcon aria-hidden />}
      onClick={() => void copy(text)}
    />
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
