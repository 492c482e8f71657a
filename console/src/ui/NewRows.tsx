import { useWords } from '../words/index.js';
import { Button } from './Button.js';
import css from './NewRows.module.css';

/** What came since the list was drawn, until somebody wants to see it: rows do not move under the hand. */
export function NewRows({ count, onShow }: { readonly count: number; readonly onShow: () => void }) {
  const { live } = useWords();
  return (
    <div className={css['place']} aria-live="polite">
      {count > 0 && (
        <Button kind="quiet" className={css['more']} onClick={onShow}>
          {live.more(count)}
        </Button>
      )}
    </div>
  );
}
