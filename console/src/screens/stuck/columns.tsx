import type { ShopNow, StuckSaga } from '@jangteo/client';
import { RotateCw } from 'lucide-react';
import { Link } from 'wouter';
import { useMay } from '../../api/index.js';
import type { CommandName } from '../../operations/commands.js';
import type { OperationWords } from '../../operations/words.js';
import { Button } from '../../ui/Button.js';
import { shortOf } from '../../ui/format.js';
import { Status, type Tone } from '../../ui/Status.js';
import type { Column } from '../../ui/tables.js';
import { Due, Time } from '../../ui/Time.js';
import { useWords, useWordsOf, type Words } from '../../words/index.js';
import { awaitedOf, deadlineOf, isGivenUp, type Readiness, type ShownSaga } from './sagas.js';
import css from './stuck.module.css';
import { words as stuckWords, type StuckWords } from './words.js';

const TONES: Readonly<Record<Readiness, Tone>> = { ready: 'done', silent: 'act', unknown: 'neutral' };

export interface ColumnsOf {
  readonly words: StuckWords;
  readonly shared: Words;
  readonly commands: OperationWords['commands'];
  readonly services: ShopNow['services'] | undefined;
  readonly now: number;
  readonly onNudge: (saga: StuckSaga) => void;
}

/** A command in words; one of a later release, or an event, by its name. */
export const commandOf = (name: string, commands: OperationWords['commands']): string =>
  commands[name as CommandName] ?? name;

export function NudgeButton({
  saga,
  onNudge,
  kind = 'plain',
}: {
  readonly saga: ShownSaga;
  readonly onNudge: (saga: StuckSaga) => void;
  readonly kind?: 'main' | 'plain';
}) {
  const words = useWordsOf(stuckWords);
  const { actions } = useWords();
  const mayNot = useMay('operator') ? undefined : actions.notAllowed('operator');
  return (
    <Button
      kind={kind}
      icon={<RotateCw aria-hidden />}
      refusal={mayNot ?? (saga.hasGoneOn ? words.goneOn : undefined)}
      onClick={() => onNudge(saga)}
    >
      {words.nudge(1)}
    </Button>
  );
}

/** Whether those that it waits for answer now. */
export function Services({
  saga,
  services,
}: {
  readonly saga: StuckSaga;
  readonly services: ShopNow['services'] | undefined;
}) {
  const words = useWordsOf(stuckWords);
  return (
    <span className={css['services']}>
      {awaitedOf(saga, services).map(({ name, service, readiness }) => (
        <Status key={name} tone={TONES[readiness]} isBare>
          {service === undefined ? words.broker : `${service} · ${words.readiness[readiness]}`}
        </Status>
      ))}
    </span>
  );
}

export function Deadline({ saga, now }: { readonly saga: StuckSaga; readonly now: number }) {
  const words = useWordsOf(stuckWords);
  const deadline = deadlineOf(saga);
  if (deadline === undefined) return <span title={words.never}>–</span>;
  if (!isGivenUp(saga, now)) return <Due at={deadline} />;
  return (
    <Status tone="act" isBare>
      <Due at={deadline} /> · {words.gaveUp}
    </Status>
  );
}

export function columnsOf(given: ColumnsOf): readonly Column<ShownSaga>[] {
  const { words, shared, commands, services, now, onNudge } = given;
  const { columns } = words;
  const awaitsOf = ({ awaits, owedEvents }: StuckSaga): string =>
    [...awaits, ...owedEvents].map((name) => commandOf(name, commands)).join(', ');
  const reasonOf = ({ failureCode }: StuckSaga): string =>
    failureCode === undefined ? '' : (shared.reasons[failureCode] ?? failureCode);
  return [
    {
      id: 'order',
      head: columns.order,
      cell: ({ orderId }) => (
        <Link href={`/orders/${orderId}`} title={orderId}>
          <code>{shortOf(orderId)}</code>
        </Link>
      ),
      text: ({ orderId }) => orderId,
    },
    {
      id: 'awaits',
      head: columns.awaits,
      opens: true,
      isWide: true,
      cell: (saga) =>
        saga.hasGoneOn ? (
          <Status tone="done" isBare>
            {words.goneOn}
          </Status>
        ) : (
          <>
            <span title={awaitsOf(saga)}>{awaitsOf(saga)}</span>
            <span className={css['onPhones']}>
              <Services saga={saga} services={services} />
            </span>
          </>
        ),
      text: (saga) => (saga.hasGoneOn ? words.goneOn : awaitsOf(saga)),
    },
    {
      id: 'service',
      head: columns.service,
      from: 'tablet',
      cell: (saga) => (saga.hasGoneOn ? '–' : <Services saga={saga} services={services} />),
      text: (saga) =>
        awaitedOf(saga, services)
          .map(({ service = words.broker }) => service)
          .join(', '),
    },
    { id: 'reason', head: columns.reason, from: 'desktop', cell: reasonOf, text: reasonOf },
    ...timesOf(words, now),
    {
      id: 'action',
      head: columns.action,
      align: 'right',
      from: 'tablet',
      cell: (saga) => <NudgeButton saga={saga} onNudge={onNudge} />,
    },
  ];
}

function timesOf({ columns }: StuckWords, now: number): readonly Column<ShownSaga>[] {
  return [
    {
      id: 'since',
      head: columns.since,
      align: 'right',
      cell: ({ since }) => <Time at={since} />,
      text: ({ since }) => since,
    },
    {
      id: 'tries',
      head: columns.tries,
      align: 'right',
      from: 'tablet',
      cell: ({ attempts }) => attempts + 1,
      text: ({ attempts }) => String(attempts + 1),
    },
    {
      id: 'next',
      head: columns.next,
      align: 'right',
      from: 'tablet',
      cell: ({ lookAgainAt, hasGoneOn }) => (hasGoneOn ? '–' : <Due at={lookAgainAt} />),
      text: ({ lookAgainAt }) => lookAgainAt,
    },
    {
      id: 'deadline',
      head: columns.deadline,
      align: 'right',
      from: 'desktop',
      cell: (saga) => (saga.hasGoneOn ? '–' : <Deadline saga={saga} now={now} />),
      text: ({ deadlineAt }) => deadlineAt,
    },
  ];
}
