import { CopyButton, OnceShown } from '../../ui/Copy.js';
import { Dialog } from '../../ui/Dialog.js';
import { Facts } from '../../ui/Facts.js';
import { useWordsOf } from '../../words/index.js';
import css from './Secret.module.css';
import { VERIFICATION, words as webhookWords } from './words.js';

/** A secret, this once, and what a receiver does with it. */
export function Secret({ secret, onClose }: { readonly secret: string; readonly onClose: () => void }) {
  const words = useWordsOf(webhookWords);
  return (
    <Dialog isOpen title={words.secret} onClose={onClose}>
      <p>{words.secretOnce}</p>
      <Facts facts={[[words.secret, <OnceShown key="secret" text={secret} what={words.secret} />]]} />
      <Verification />
    </Dialog>
  );
}

export function Verification() {
  const words = useWordsOf(webhookWords);
  return (
    <figure className={css['code']}>
      <figcaption>
        {words.verify}
        <CopyButton text={VERIFICATION} what={words.verify} />
      </figcaption>
      <pre tabIndex={0}>{VERIFICATION}</pre>
    </figure>
  );
}
