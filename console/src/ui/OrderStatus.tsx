import type { ListedOrder } from '@jangteo/client';
import { useWords } from '../words/index.js';
import { Status, type Tone } from './Status.js';

/** Refused by a rule of the shop is amber: the shop did right. Only what ran out of time is worth a look. */
export function toneOf({ orderStatus, failureCode }: Pick<ListedOrder, 'orderStatus' | 'failureCode'>): Tone {
  if (orderStatus === 'PENDING') return 'working';
  if (orderStatus === 'SUCCESS') return 'done';
  return failureCode === 'ORDER_TIMED_OUT' ? 'act' : 'undone';
}

export function OrderStatus({ order }: { readonly order: Pick<ListedOrder, 'orderStatus' | 'failureCode'> }) {
  const { statuses } = useWords();
  return <Status tone={toneOf(order)}>{statuses[order.orderStatus]}</Status>;
}
