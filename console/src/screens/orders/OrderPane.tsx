import type { ListedOrder } from '@jangteo/client';
import { useLocation } from 'wouter';
import { Button } from '../../ui/Button.js';
import { Id } from '../../ui/Copy.js';
import { Dialog } from '../../ui/Dialog.js';
import { Money } from '../../ui/Money.js';
import { OrderStatus } from '../../ui/OrderStatus.js';
import { Time } from '../../ui/Time.js';
import { useWords, useWordsOf } from '../../words/index.js';
import css from './OrderPane.module.css';
import { words as orderWords } from './words.js';

/** An order in short, beside the list. Enter opens its timeline. */
export function OrderPane({ order, onClose }: { readonly order: ListedOrder; readonly onClose: () => void }) {
  const words = useWordsOf(orderWords);
  const { pages } = useWords();
  const [, navigate] = useLocation();
  const { orderId, userId, items, totalPrice, discount, orderDate, failureDetail } = order;
  return (
    <Dialog
      isOpen
      side="right"
      onClose={onClose}
      title={pages.order}
      actions={
        <Button kind="main" data-first onClick={() => navigate(`/orders/${orderId}`)}>
          {words.open}
        </Button>
      }
    >
      <dl className={css['facts']}>
        <dt>{words.columns.status}</dt>
        <dd>
          <OrderStatus order={order} />
        </dd>
        {failureDetail !== undefined && (
          <>
            <dt>{words.columns.reason}</dt>
            <dd>{failureDetail}</dd>
          </>
        )}
        <dt>{words.columns.order}</dt>
        <dd>
          <Id id={orderId} what={words.columns.order} />
        </dd>
        <dt>{words.columns.customer}</dt>
        <dd>
          <Id id={userId} what={words.columns.customer} />
        </dd>
        <dt>{words.columns.placed}</dt>
        <dd>
          <Time at={orderDate} />
        </dd>
        {discount !== undefined && discount > 0 && (
          <>
            <dt>{words.discount}</dt>
            <dd>
              <Money amount={discount} />
            </dd>
          </>
        )}
        <dt>{words.columns.total}</dt>
        <dd>
          <Money amount={totalPrice} />
        </dd>
      </dl>
      <h2>{words.lines}</h2>
      <ul className={css['lines']}>
        {items.map(({ productId, optionId, name, price, quantity }) => (
          <li key={`${productId} ${optionId}`}>
            <span>{`${quantity} × ${name ?? words.unnamed}`}</span>
            <Money amount={price} />
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
