import { useWords } from '../words/index.js';
import { Button } from './Button.js';
import css from './NewRows.module.css';

/** What came since the list was drawn, until somebody wants to see it: rows do not move under the hand. */
export function NewRows({
  count,
  isMore,
  onShow,
}: {
  readonly count: number;
  /** There are more than it counts. */
  readonly isMore: boolean;
  readonly onShow: () => void;
}) {
  const { live } = useWords();
  return (
    <div className={css['place']} aria-live="polite">
      {count > 0 && (
        <Button kind="quiet" className={css['more']} onClick={onShow}>
          {live.more(isMore ? `${count}+` : String(count))}
        </Button>
      )}
    </div>
  );
}
