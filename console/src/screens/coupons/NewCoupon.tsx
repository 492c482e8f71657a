import type { Coupon, CouponDraft } from '@jangteo/client';
import { useState } from 'react';
import { useApi } from '../../api/index.js';
import { useSettings } from '../../app/settings.js';
import { Ask, Field } from '../../ui/Ask.js';
import { SelectField } from '../../ui/Filters.js';
import { useWords, useWordsOf } from '../../words/index.js';
import { draftOf, MOMENTS } from './draft.js';
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
  const { frame } = useWords();
  const api = useApi();
  const [{ zone }] = useSettings();
  const [discountType, setType] = useState<CouponDraft['discountType']>('FIXED');
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
      onDo={async (fields, once) =>
        onDone(await api.coupons.create(draftOf(fields, discountType, zone), once))
      }
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
      {MOMENTS.map((field) => (
        <Field
          key={field}
          label={`${words.fields[field]} (${frame.zones[zone]})`}
          name={field}
          type="datetime-local"
        />
      ))}
      {number('validDays')}
    </Ask>
  );
}
