import type { ActionName, ORDER_FAILURES, RefusalOf, SAGA_STEPS } from '@jangteo/contracts';

/** A sentence or a part of one, in both languages. */
export interface Text {
  readonly en: string;
  readonly ko: string;
}

/** Reasons for which an order fails. */
export type Reason = RefusalOf<(typeof SAGA_STEPS)[number]['action']> | (typeof ORDER_FAILURES)[number];

/** The place at which an order fails: before anything was asked for, or at a step. */
export type FailedAt = 'BEFORE' | ActionName;

/** What undos were sent for. */
export type Undone = 'NOTHING' | 'STOCK' | 'STOCK_COUPON' | 'STOCK_MONEY' | 'STOCK_COUPON_MONEY';

/** What became of an order so far. */
export type End =
  | {
      readonly kind: 'FAILED';
      readonly reason: string;
      readonly failedAt: FailedAt;
      readonly undone: Undone;
      readonly isUndone: boolean;
    }
  | { readonly kind: 'SUCCESS'; readonly taken: Undone }
  | { readonly kind: 'CANCELLED'; readonly by: string; readonly undone: Undone; readonly isUndone: boolean }
  | { readonly kind: 'PENDING'; readonly awaits: ActionName };

/** Why an order failed. The Korean ends so that `주문이 실패했습니다` follows. */
export const REASONS: Readonly<Record<Reason, Text>> = {
  PRODUCT_NOT_FOUND: { en: 'one of its products does not exist', ko: '주문한 상품이 없어' },
  OPTION_NOT_FOUND: { en: 'one of its products has no such option', ko: '상품에 해당 옵션이 없어' },
  OPTION_REQUIRED: {
    en: 'one of its products has several options and none was named',
    ko: '옵션을 지정하지 않은 상품이 있어',
  },
  PRODUCT_NOT_SELLABLE: { en: 'one of its products is not on sale', ko: '판매 중이 아닌 상품이 있어' },
  OUT_OF_STOCK: { en: 'stock does not cover it', ko: '재고가 부족해' },
  VALIDATION_FAILED: { en: 'it is not valid', ko: '주문 내용이 올바르지 않아' },
  COUPON_NOT_USABLE: { en: 'its coupon cannot be used', ko: '쿠폰을 사용할 수 없어' },
  PRICE_CHANGED: { en: 'the total is not the one that was agreed to', ko: '총액이 예상한 금액과 달라' },
  INSUFFICIENT_BALANCE: { en: 'the balance does not cover it', ko: '잔액이 부족해' },
  ORDER_TIMED_OUT: { en: 'no answer came in time', ko: '제시간에 응답을 받지 못해' },
};

/** For a reason that only later releases know. */
const UNKNOWN_REASON: Text = { en: 'it was refused', ko: '거절되어' };

export const PLACES: Readonly<Record<FailedAt, Text>> = {
  BEFORE: { en: 'before anything was asked for', ko: '처리를 시작하기 전에' },
  ReserveStock: { en: 'when its stock was to be reserved', ko: '재고를 예약하는 단계에서' },
  UseCoupon: { en: 'when its coupon was to be used', ko: '쿠폰을 사용하는 단계에서' },
  DebitWallet: { en: 'when it was to be paid', ko: '결제하는 단계에서' },
};

/** What was undone, by whether all of it is; a step that was not answered may not have been taken at all. */
export const UNDOS: Readonly<Record<Undone, { readonly done: Text; readonly underWay: Text }>> = {
  NOTHING: {
    done: { en: 'There was nothing to undo.', ko: '되돌릴 것은 없었습니다.' },
    underWay: { en: 'There is nothing to undo.', ko: '되돌릴 것은 없습니다.' },
  },
  STOCK: {
    done: { en: 'All stock held for it was given back.', ko: '예약했던 재고는 모두 되돌렸습니다.' },
    underWay: { en: 'The stock held for it is being given back.', ko: '예약했던 재고를 되돌리고 있습니다.' },
  },
  STOCK_COUPON: {
    done: {
      en: 'All stock held for it and its coupon were given back.',
      ko: '예약했던 재고와 쿠폰은 모두 되돌렸습니다.',
    },
    underWay: {
      en: 'The stock held for it and its coupon are being given back.',
      ko: '예약했던 재고와 쿠폰을 되돌리고 있습니다.',
    },
  },
  STOCK_MONEY: {
    done: {
      en: 'All stock held for it and all money paid were given back.',
      ko: '예약했던 재고와 결제한 금액은 모두 되돌렸습니다.',
    },
    underWay: {
      en: 'The stock held for it and the money paid are being given back.',
      ko: '예약했던 재고와 결제한 금액을 되돌리고 있습니다.',
    },
  },
  STOCK_COUPON_MONEY: {
    done: {
      en: 'All stock held for it, its coupon and all money paid were given back.',
      ko: '예약했던 재고와 쿠폰, 결제한 금액은 모두 되돌렸습니다.',
    },
    underWay: {
      en: 'The stock held for it, its coupon and the money paid are being given back.',
      ko: '예약했던 재고와 쿠폰, 결제한 금액을 되돌리고 있습니다.',
    },
  },
};

const SUCCESS: Readonly<Record<Undone, Text>> = {
  NOTHING: { en: 'The order succeeded.', ko: '주문이 완료되었습니다.' },
  STOCK: {
    en: 'The order succeeded: its stock was taken, and it cost nothing.',
    ko: '재고를 차감하고 주문이 완료되었습니다. 결제할 금액은 없었습니다.',
  },
  STOCK_COUPON: {
    en: 'The order succeeded: its stock was taken and its coupon used, and it cost nothing.',
    ko: '재고를 차감하고 쿠폰을 사용해 주문이 완료되었습니다. 결제할 금액은 없었습니다.',
  },
  STOCK_MONEY: {
    en: 'The order succeeded: its stock was taken, and it was paid.',
    ko: '재고를 차감하고 결제해 주문이 완료되었습니다.',
  },
  STOCK_COUPON_MONEY: {
    en: 'The order succeeded: its stock was taken, its coupon used, and it was paid.',
    ko: '재고를 차감하고 쿠폰을 사용해 결제했으며 주문이 완료되었습니다.',
  },
};

const PENDING: Readonly<Record<ActionName, Text>> = {
  ReserveStock: {
    en: 'The order is on its way: its stock is being reserved.',
    ko: '주문을 처리하고 있습니다. 재고를 예약하는 단계입니다.',
  },
  UseCoupon: {
    en: 'The order is on its way: its coupon is being used.',
    ko: '주문을 처리하고 있습니다. 쿠폰을 사용하는 단계입니다.',
  },
  DebitWallet: {
    en: 'The order is on its way: it is being paid.',
    ko: '주문을 처리하고 있습니다. 결제하는 단계입니다.',
  },
};

const isReason = (word: string): word is Reason => Object.hasOwn(REASONS, word);

function failureSentence({ reason, failedAt, undone, isUndone }: Extract<End, { kind: 'FAILED' }>): Text {
  const why = isReason(reason) ? REASONS[reason] : UNKNOWN_REASON;
  const at = PLACES[failedAt];
  const undo = UNDOS[undone][isUndone ? 'done' : 'underWay'];
  const [failed, ko] = isUndone
    ? ['failed', '주문이 실패했습니다.']
    : ['is failing', '주문이 실패하게 되었습니다.'];
  return {
    en: `The order ${failed} ${at.en}: ${why.en}. ${undo.en}`,
    ko: `${at.ko} ${why.ko} ${ko} ${undo.ko}`,
  };
}

function cancelSentence({ by, undone, isUndone }: Extract<End, { kind: 'CANCELLED' }>): Text {
  const isOwn = by === 'customer';
  const undo = UNDOS[undone][isUndone ? 'done' : 'underWay'];
  const en = `${isOwn ? 'Its customer' : 'Somebody who runs the shop'} ${isUndone ? 'cancelled' : 'is cancelling'} the order.`;
  const who = isOwn ? '고객이' : '운영자가';
  return {
    en: `${en} ${undo.en}`,
    ko: `${who} 주문을 ${isUndone ? '취소했습니다.' : '취소하고 있습니다.'} ${undo.ko}`,
  };
}

/** Says in a sentence or two why an order ended as it did, or where it stands. */
export function whyOf(end: End): Text {
  switch (end.kind) {
    case 'FAILED':
      return failureSentence(end);
    case 'CANCELLED':
      return cancelSentence(end);
    case 'SUCCESS':
      return SUCCESS[end.taken];
    case 'PENDING':
      return PENDING[end.awaits];
  }
}
