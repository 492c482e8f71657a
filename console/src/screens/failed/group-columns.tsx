import type { DeadLetterGroup } from '@jangteo/client';
import { BellOff, Ellipsis, Pencil, Send } from 'lucide-react';
import { useMay } from '../../api/index.js';
import { useUndertakings } from '../../operations/use-operations.js';
import { Button } from '../../ui/Button.js';
import { classes } from '../../ui/classes.js';
import { waitingOf } from '../../ui/format.js';
import { Menu } from '../../ui/Menu.js';
import type { Column } from '../../ui/tables.js';
import { Time } from '../../ui/Time.js';
import { useWords, useWordsOf, type Language } from '../../words/index.js';
import css from './failed.module.css';
import { groupKey } from './filters.js';
import { groupSendings } from './sendings.js';
import { reasonOf, words as failedWords, type FailedWords } from './words.js';

export type GroupAction = 'send' | 'note' | 'mute';
export type AskGroup = (what: GroupAction, group: DeadLetterGroup) => void;

/** What can be done with a group, in its row and above its messages. */
export function GroupButtons({
  group,
  onAsk,
  kind = 'plain',
}: {
  readonly group: DeadLetterGroup;
  readonly onAsk: AskGroup;
  readonly kind?: 'main' | 'plain';
}) {
  const { group: words } = useWordsOf(failedWords);
  const { actions } = useWords();
  const mayNot = useMay('operator') ? undefined : actions.notAllowed('operator');
  const { type, count, note, isMuted } = group;
  const isSending = useUndertakings(groupSendings).some(
    ({ key, progress }) => key === groupKey(group) && progress?.isUnderWay === true,
  );
  return (
    <span className={classes(css['buttons'], kind === 'plain' && css['table'])}>
      {count === 0 ? (
        <span className={css['small']}>{words.nothing}</span>
      ) : (
        <Button
          kind={kind}
          icon={<Send aria-hidden />}
          title={words.send(count)}
          refusal={mayNot}
          disabled={isSending}
          onClick={() => onAsk('send', group)}
        >
          <span className={css['label']}>{words.send(count)}</span>
        </Button>
      )}
      <Menu
        kind="quiet"
        icon={<Ellipsis aria-hidden />}
        aria-label={words.more(type || words.untyped)}
        items={[
          {
            label: note === undefined ? words.writeNote : words.editNote,
            icon: <Pencil aria-hidden />,
            refusal: mayNot,
            onChoose: () => onAsk('note', group),
          },
          {
            label: isMuted ? words.unmute : words.mute,
            icon: <BellOff aria-hidden />,
            refusal: mayNot,
            onChoose: () => onAsk('mute', group),
          },
        ]}
      />
    </span>
  );
}

export function MutedMark({ isMuted }: Pick<DeadLetterGroup, 'isMuted'>) {
  const words = useWordsOf(failedWords);
  if (!isMuted) return null;
  return (
    <span className={css['muted']} title={words.group.muteWhy}>
      <BellOff aria-hidden />
      {words.muted}
    </span>
  );
}

export function columnsOf(
  words: FailedWords,
  language: Language,
  onAsk: AskGroup,
): readonly Column<DeadLetterGroup>[] {
  const { columns } = words;
  const moment = (at: string | undefined) => (at === undefined ? '–' : <Time at={at} />);
  return [
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
      cell: ({ reason }) => <span title={reason}>{reasonOf(reason, words)}</span>,
      text: ({ reason }) => reason,
    },
    {
      id: 'note',
      head: columns.note,
      from: 'tablet',
      isWide: true,
      cell: ({ note, isMuted }) => (
        <>
          <MutedMark isMuted={isMuted} />
          {note !== undefined && <span title={note}>{note}</span>}
        </>
      ),
      text: ({ note = '', isMuted }) => [...(isMuted ? [words.muted] : []), note].filter(Boolean).join(': '),
    },
    {
      id: 'count',
      head: columns.count,
      align: 'right',
      cell: ({ count }) => waitingOf(count, language),
      text: ({ count }) => waitingOf(count, language),
    },
    {
      id: 'first',
      head: columns.first,
      align: 'right',
      from: 'desktop',
      cell: ({ first }) => moment(first),
      text: ({ first = '' }) => first,
    },
    {
      id: 'last',
      head: columns.last,
      align: 'right',
      from: 'tablet',
      cell: ({ last }) => moment(last),
      text: ({ last = '' }) => last,
    },
    {
      id: 'action',
      head: columns.action,
      align: 'right',
      from: 'tablet',
      cell: (group) => <GroupButtons group={group} onAsk={onAsk} />,
    },
  ];
}
