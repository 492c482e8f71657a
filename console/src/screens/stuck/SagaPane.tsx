import type { ShopNow, StuckSaga } from '@jangteo/client';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { words as operationWords } from '../../operations/words.js';
import { Button } from '../../ui/Button.js';
import { Id } from '../../ui/Copy.js';
import { Dialog } from '../../ui/Dialog.js';
import { useNow } from '../../ui/now.js';
import { Due, Time } from '../../ui/Time.js';
import { useWords, useWordsOf } from '../../words/index.js';
import { commandOf, Deadline, NudgeButton, Services } from './columns.js';
import { deadlineOf, type ShownSaga } from './sagas.js';
import css from './stuck.module.css';
import { words as stuckWords } from './words.js';

function Facts({
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
  const { state, awaits, owedEvents, failureCode, failureDetail, nudgedAt, nudgedBy } = saga;
  const fact = (head: string, value: ReactNode) => (
    <>
      <dt>{head}</dt>
      <dd>{value}</dd>
    </>
  );
  return (
    <dl className={css['facts']}>
      {fact(columns.order, <Id id={saga.orderId} what={columns.order} />)}
      {fact(columns.customer, <Id id={saga.userId} what={columns.customer} />)}
      {fact(columns.state, states[state] ?? state)}
      {awaits.length > 0 && fact(columns.awaits, awaits.map((name) => commandOf(name, commands)).join(', '))}
      {owedEvents.length > 0 && fact(pane.owes, owedEvents.join(', '))}
      {fact(columns.service, <Services saga={saga} services={services} />)}
      {fact(columns.since, <Time at={saga.since} />)}
      {fact(columns.tries, saga.attempts + 1)}
      {fact(pane.sent, <Time at={saga.sentAt} />)}
      {fact(columns.next, <Due at={saga.lookAgainAt} />)}
      {fact(
        columns.deadline,
        deadlineOf(saga) === undefined ? words.never : <Deadline saga={saga} now={now} />,
      )}
      {failureCode !== undefined && fact(columns.reason, reasons[failureCode] ?? failureCode)}
      {failureDetail !== undefined && fact(pane.detail, failureDetail)}
      {nudgedAt !== undefined && fact(pane.nudged, <Time at={nudgedAt} />)}
      {nudgedBy !== undefined && fact(pane.nudgedBy, <Id id={nudgedBy} what={pane.nudgedBy} />)}
    </dl>
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
      <Facts saga={saga} services={services} />
    </Dialog>
  );
}
