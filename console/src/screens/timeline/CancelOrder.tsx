import type { CancelledOrder } from '@jangteo/client';
import { useQuery } from '@tanstack/react-query';
import { Ban } from 'lucide-react';
import { useState } from 'react';
import { useApi, useMay } from '../../api/index.js';
import { Intent } from '../../api/intent.js';
import { lineOf, shortId, type Telling } from '../../timeline/tell.js';
import { Button } from '../../ui/Button.js';
import { Dialog } from '../../ui/Dialog.js';
import { Problem } from '../../ui/Problem.js';
import { Skeleton } from '../../ui/Skeleton.js';
import { useWords } from '../../words/index.js';
import css from './actions.module.css';

function GivesBack({ order, telling }: { readonly order: CancelledOrder; readonly telling: Telling }) {
  const { words, money } = telling;
  const { page } = words;
  const { amount = 0, userCouponId, items = [] } = order.givesBack ?? {};
  const nameIn = (item: (typeof items)[number]): string =>
    lineOf(item, { ...telling, nameOf: () => item.name ?? telling.nameOf(item) });
  const told = [
    ...(items.length > 0 ? [page.cancelStock(items.map(nameIn).join(', '))] : []),
    ...(userCouponId === undefined ? [] : [page.cancelCoupon(shortId(userCouponId))]),
    ...(amount > 0 ? [page.cancelMoney(money(amount))] : []),
  ];
  if (told.length === 0) return <p>{page.cancelNothing}</p>;
  return (
    <>
      <p>{page.cancelAsk}</p>
      <ul className={css['effects']}>
        {told.map((effect) => (
          <li key={effect}>{effect}</li>
        ))}
      </ul>
    </>
  );
}

/** Asks the shop what a cancellation gives back, and cancels once somebody has read that. */
function CancelDialog({
  orderId,
  telling,
  onClose,
  onDone,
}: {
  readonly orderId: string;
  readonly telling: Telling;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const api = useApi();
  const { actions } = useWords();
  const { page } = telling.words;
  const [intent] = useState(() => new Intent());
  const [isCancelling, setCancelling] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const preview = useQuery({
    queryKey: ['order', orderId, 'cancelled'],
    queryFn: ({ signal }) => api.orders.whatCancelGivesBack(orderId, { signal }),
    gcTime: 0,
  });
  const cancel = async (): Promise<void> => {
    setCancelling(true);
    try {
      await intent.do(orderId, (idempotencyKey) => api.orders.cancel(orderId, { idempotencyKey }));
      onDone();
    } catch (error) {
      setFailure(error);
    } finally {
      setCancelling(false);
    }
  };
  const error = failure ?? preview.error;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={page.cancel}
      actions={
        <>
          <Button onClick={onClose}>{actions.close}</Button>
          <Button
            kind="danger"
            disabled={preview.data === undefined || isCancelling}
            onClick={() => void cancel()}
          >
            {page.cancel}
          </Button>
        </>
      }
    >
      {preview.data !== undefined && <GivesBack order={preview.data} telling={telling} />}
      {preview.isPending && <Skeleton lines={3} height={24} />}
      {error !== null && error !== undefined && <Problem error={error} />}
    </Dialog>
  );
}

export function CancelOrder({
  orderId,
  telling,
  onDone,
}: {
  readonly orderId: string;
  readonly telling: Telling;
  readonly onDone: () => void;
}) {
  const { actions } = useWords();
  const mayCancel = useMay('admin');
  const [isAsking, ask] = useState(false);
  return (
    <>
      <Button
        icon={<Ban aria-hidden />}
        refusal={mayCancel ? undefined : actions.notAllowed('admin')}
        onClick={() => ask(true)}
      >
        {telling.words.page.cancel}
      </Button>
      {isAsking && (
        <CancelDialog
          orderId={orderId}
          telling={telling}
          onClose={() => ask(false)}
          onDone={() => {
            ask(false);
            onDone();
          }}
        />
      )}
    </>
  );
}
