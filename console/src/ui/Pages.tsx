import { useWords } from '../words/index.js';
import { Button } from './Button.js';
import css from './Pages.module.css';

/** The way on through a list. Back goes by the browser: each page has its address. */
export function Pages({
  isFirst,
  next,
  onGo,
}: {
  readonly isFirst: boolean;
  readonly next: string | undefined;
  readonly onGo: (cursor: string | undefined) => void;
}) {
  const { actions } = useWords();
  if (isFirst && next === undefined) return null;
  return (
    <nav className={css['pages']} aria-label={actions.next}>
      {!isFirst && <Button onClick={() => onGo(undefined)}>{actions.first}</Button>}
      {next !== undefined && <Button onClick={() => onGo(next)}>{actions.next}</Button>}
    </nav>
  );
}
