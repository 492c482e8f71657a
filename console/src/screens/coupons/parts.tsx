import type { Coupon } from '@jangteo/client';
import { Money } from '../../ui/Money.js';
import { Status, type Tone } from '../../ui/Status.js';
import { countOf } from '../../ui/format.js';
import { useNow } from '../../ui/now.js';
import { useLanguage, useWordsOf } from '../../words/index.js';
import css from './parts.module.css';
import { windowOf, type Window } from './windows.js';
import { words as couponWords } from './words.js';

const TONES: Readonly<Record<Window, Tone>> = {
  before: 'neutral',
  open: 'working',
  after: 'neutral',
  soldOut: 'done',
};

/** Whether it can be had now. */
export function CouponState({ coupon }: { readonly coupon: Coupon }) {
  const { statuses, windows } = useWordsOf(couponWords);
  const now = useNow();
  if (coupon.status === 'SUSPENDED') return <Status tone="undone">{statuses.SUSPENDED}</Status>;
  const window = windowOf(coupon, now);
  return <Status tone={TONES[window]}>{windows[window]}</Status>;
}

export function Discount({ coupon: { discountType, discountValue } }: { readonly coupon: Coupon }) {
  return discountType === 'PERCENT' ? <>{discountValue} %</> : <Money amount={discountValue} />;
}

/** How many of its places are taken, as a bar and in figures. */
export function Places({
  coupon: { issuedQuantity, totalQuantity, name },
}: {
  readonly coupon: Pick<Coupon, 'issuedQuantity' | 'totalQuantity' | 'name'>;
}) {
  const language = useLanguage();
  return (
    <span className={css['places']}>
      <meter min={0} max={totalQuantity} value={issuedQuantity} aria-label={name} />
      <span>
        {countOf(issuedQuantity, language)} / {countOf(totalQuantity, language)}
      </span>
    </span>
  );
}
