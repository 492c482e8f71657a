import type { ListedOrder } from '@jangteo/client';
import { useLocation } from 'wouter';
import { Button } from '../../ui/Button.js';
import { Id } from '../../ui/Copy.js';
import { Dialog } from '../../ui/Dialog.js';
import { Facts } from '../../ui/Facts.js';
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
      <Facts
        facts={[
          [words.columns.status, <OrderStatus key="status" order={order} />],
          [words.columns.reason, failureDetail],
          [words.columns.order, <Id key="order" id={orderId} what={words.columns.order} />],
          [words.columns.customer, <Id key="customer" id={userId} what={words.columns.customer} />],
          [words.columns.placed, <Time key="placed" at={orderDate} />],
          [words.discount, discount ? <Money key="discount" amount={discount} /> : undefined],
          [words.columns.total, <Money key="total" amount={totalPrice} />],
        ]}
      />
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
