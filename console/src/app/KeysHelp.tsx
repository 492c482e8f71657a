import { Button } from '../ui/Button.js';
import { Dialog } from '../ui/Dialog.js';
import { useWords } from '../words/index.js';
import css from './KeysHelp.module.css';
import { RAIL } from './pages.js';
import { useSettings } from './settings.js';

const isApple = /Mac|iP(hone|ad)/.test(navigator.platform);

/** All shortcuts, and the switch that puts them off. */
export function KeysHelp({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const words = useWords();
  const [{ keys }, change] = useSettings();
  const shortcuts = [
    ['/', words.find.label],
    [isApple ? '⌘ k' : 'Ctrl k', words.find.label],
    ...RAIL.map(({ id, letter }) => [`g ${letter}`, words.pages[id]]),
    ...Object.entries(words.keys),
  ];
  return (
    <Dialog
      isLight
      isOpen={isOpen}
      onClose={onClose}
      title={words.frame.keys}
      actions={
        <Button aria-pressed={keys} onClick={() => change({ keys: !keys })}>
          {keys ? words.frame.keysOn : words.frame.keysOff}
        </Button>
      }
    >
      <dl className={css['keys']}>
        {shortcuts.map(([key, what]) => (
          <div key={key}>
            <dt>
              {key?.split(' ').map((one, index) => (
                <kbd key={index}>{one}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
