import type { ShopNow, StuckSaga } from '@jangteo/client';
import { useLocation } from 'wouter';
import { words as operationWords } from '../../operations/words.js';
import { Button } from '../../ui/Button.js';
import { Id } from '../../ui/Copy.js';
import { Dialog } from '../../ui/Dialog.js';
import { Facts } from '../../ui/Facts.js';
import { useNow } from '../../ui/now.js';
import { Due, Time } from '../../ui/Time.js';
import { useWords, useWordsOf } from '../../words/index.js';
import { commandOf, Deadline, NudgeButton, Services } from './columns.js';
import { deadlineOf, type ShownSaga } from './sagas.js';
import { words as stuckWords } from './words.js';

function SagaFacts({
  saga,
  services,
}: {
  readonly saga: ShownSaga;
  readonly services: ShopNow['services'] | undefined;
}) {
  const words = useWordsOf(stuckWords);
  const { commands } = useWordsOf(operationWords);
  const { reasons } = useWords();
  const now = useNow();
  const { columns, pane, states } = words;
  const { orderId, userId, state, awaits, owedEvents, failureCode, failureDetail, nudgedAt, nudgedBy } = saga;
  const isUndone = deadlineOf(saga) === undefined;
  return (
    <Facts
      facts={[
        [columns.order, <Id key="order" id={orderId} what={columns.order} />],
        [columns.customer, <Id key="customer" id={userId} what={columns.customer} />],
        [columns.state, states[state] ?? state],
        [columns.awaits, awaits.map((name) => commandOf(name, commands)).join(', ')],
        [pane.owes, owedEvents.join(', ')],
        [columns.service, <Services key="services" saga={saga} services={services} />],
        [columns.since, <Time key="since" at={saga.since} />],
        [columns.tries, saga.attempts + 1],
        [pane.sent, <Time key="sent" at={saga.sentAt} />],
        [columns.next, <Due key="next" at={saga.lookAgainAt} />],
        [columns.deadline, isUndone ? words.never : <Deadline key="deadline" saga={saga} now={now} />],
        [columns.reason, failureCode && (reasons[failureCode] ?? failureCode)],
        [pane.detail, failureDetail],
        [pane.nudged, nudgedAt && <Time key="nudged" at={nudgedAt} />],
        [pane.nudgedBy, nudgedBy && <Id key="by" id={nudgedBy} what={pane.nudgedBy} />],
      ]}
    />
  );
}

/** All that is known of an order without progress. */
export function SagaPane({
  saga,
  services,
  onClose,
  onNudge,
}: {
  readonly saga: ShownSaga;
  readonly services: ShopNow['services'] | undefined;
  readonly onClose: () => void;
  readonly onNudge: (saga: StuckSaga) => void;
}) {
  const words = useWordsOf(stuckWords);
  const { pages } = useWords();
  const [, navigate] = useLocation();
  return (
    <Dialog
      isOpen
      side="right"
      onClose={onClose}
      title={pages.order}
      actions={
        <>
          <Button onClick={() => navigate(`/orders/${saga.orderId}`)}>{words.pane.open}</Button>
          <NudgeButton saga={saga} onNudge={onNudge} kind="main" />
        </>
      }
    >
      <SagaFacts saga={saga} services={services} />
    </Dialog>
  );
}
