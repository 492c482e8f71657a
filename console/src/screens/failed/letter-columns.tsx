import type { DeadLetter } from '@jangteo/client';
import { Link } from 'wouter';
import { shortOf } from '../../ui/format.js';
import { Status, type Tone } from '../../ui/Status.js';
import type { Column } from '../../ui/tables.js';
import { Time } from '../../ui/Time.js';
import { useWordsOf } from '../../words/index.js';
import { orderOf } from './prospect.js';
import { reasonOf, words as failedWords, type FailedWords } from './words.js';

const TONES: Readonly<Record<DeadLetter['state'], Tone>> = {
  WAITING: 'act',
  SENT_AGAIN: 'neutral',
  DROPPED: 'undone',
};

export function LetterState({ state }: Pick<DeadLetter, 'state'>) {
  const words = useWordsOf(failedWords);
  return <Status tone={TONES[state] ?? 'neutral'}>{words.states[state] ?? state}</Status>;
}

/** The order that a message is about, as a way to its timeline. */
export function OrderOfLetter({ letter }: { readonly letter: Pick<DeadLetter, 'type' | 'correlationId'> }) {
  const orderId = orderOf(letter);
  if (orderId === undefined) return '–';
  return (
    <Link href={`/orders/${orderId}`} title={orderId}>
      <code>{shortOf(orderId)}</code>
    </Link>
  );
}

export function letterColumns(words: FailedWords): readonly Column<DeadLetter>[] {
  const { columns } = words;
  return [
    {
      id: 'state',
      head: columns.state,
      from: 'tablet',
      cell: ({ state }) => <LetterState state={state} />,
      text: ({ state }) => words.states[state] ?? state,
    },
    {
      id: 'id',
      head: columns.message,
      from: 'tablet',
      cell: ({ deadLetterId }) => <code title={deadLetterId}>{shortOf(deadLetterId)}</code>,
      text: ({ deadLetterId }) => deadLetterId,
    },
    {
      id: 'service',
      head: columns.service,
      from: 'tablet',
      cell: ({ service }) => service,
      text: ({ service }) => service,
    },
    {
      id: 'type',
      head: columns.type,
      opens: true,
      cell: ({ type }) => <code>{type === '' ? words.group.untyped : type}</code>,
      text: ({ type }) => type,
    },
    {
      id: 'reason',
      head: columns.reason,
      isWide: true,
      cell: ({ reason }) => <span title={reason}>{reasonOf(reason, words)}</span>,
      text: ({ reason }) => reason,
    },
    {
      id: 'order',
      head: columns.about,
      from: 'tablet',
      cell: (letter) => <OrderOfLetter letter={letter} />,
      text: (letter) => orderOf(letter) ?? '',
    },
    {
      id: 'parked',
      head: columns.parked,
      align: 'right',
      cell: ({ parkedAt }) => <Time at={parkedAt} />,
      text: ({ parkedAt }) => parkedAt,
    },
  ];
}
