import { useLanguage } from '../words/index.js';
import { moneyOf } from './format.js';
import css from './Money.module.css';

export function Money({ amount }: { readonly amount: number | undefined }) {
  const language = useLanguage();
  return <span className={css['money']}>{amount === undefined ? '–' : moneyOf(amount, language)}</span>;
}
