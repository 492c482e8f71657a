import type { Coupon, CouponDraft } from '@jangteo/client';
import { useState } from 'react';
import { useApi } from '../../api/index.js';
import { Ask, Field, type Fields } from '../../ui/Ask.js';
import { SelectField } from '../../ui/Filters.js';
import { useWordsOf } from '../../words/index.js';
import { words as couponWords } from './words.js';

/** @param onDone gets the coupon that is there now */
export function NewCoupon({
  onDone,
  onClose,
}: {
  readonly onDone: (coupon: Coupon) => void;
  readonly onClose: () => void;
}) {
  const words = useWordsOf(couponWords);
  const api = useApi();
  const [discountType, setType] = useState<CouponDraft['discountType']>('FIXED');
  const create = async ({ name = '', ...numbers }: Fields): Promise<void> => {
    const given = Object.entries(numbers).filter(([, text]) => text.trim() !== '');
    const draft = {
      name,
      discountType,
      ...Object.fromEntries(given.map(([field, text]) => [field, Number(text)])),
    };
    onDone(await api.coupons.create(draft as CouponDraft));
  };
  const number = (
    field: 'discountValue' | 'totalQuantity' | 'minOrderAmount' | 'maxDiscount' | 'validDays',
    isNeeded = false,
  ) => (
    <Field
      label={words.fields[field]}
      name={field}
      isMoney={
        field === 'minOrderAmount' ||
        field === 'maxDiscount' ||
        (field === 'discountValue' && discountType === 'FIXED')
      }
      type="number"
      min={0}
      step={1}
      required={isNeeded}
    />
  );
  return (
    <Ask
      title={words.create}
      verb={words.create}
      effects={<p>{words.asks.create}</p>}
      onDo={create}
      onClose={onClose}
    >
      <Field label={words.fields.name} name="name" required maxLength={200} />
      <SelectField
        label={words.fields.discountType}
        value={discountType}
        options={Object.entries(words.types)}
        onChange={(value) => setType(value as typeof discountType)}
      />
      {number('discountValue', true)}
      {discountType === 'PERCENT' && number('maxDiscount')}
      {number('totalQuantity', true)}
      {number('minOrderAmount')}
      {number('validDays')}
    </Ask>
  );
}
