import type { DeadLetterGroup } from '@jangteo/client';
import { useId, useState, type FormEvent } from 'react';
import { useApi } from '../../api/index.js';
import { useFresh } from '../../api/fresh.js';
import { Field } from '../../ui/Ask.js';
import { Button } from '../../ui/Button.js';
import { Dialog } from '../../ui/Dialog.js';
import { fieldsOf } from '../../ui/fields.js';
import { Problem } from '../../ui/Problem.js';
import { useWords, useWordsOf } from '../../words/index.js';
import css from './failed.module.css';
import { groupKey } from './filters.js';
import type { GroupAction } from './group-columns.js';
import { prospectsOf } from './prospect.js';
import { sendGroup } from './sendings.js';
import { words as failedWords } from './words.js';

/** What somebody wants to do with a group, before it is done. */
export interface Asked {
  readonly what: GroupAction;
  readonly group: DeadLetterGroup;
}

interface DialogProps {
  readonly group: DeadLetterGroup;
  readonly onClose: () => void;
  readonly onChanged: () => void;
}

/** A call that changes a group; it closes the dialog, or tells there why it could not be done. */
function useChange({ group, onClose, onChanged }: DialogProps) {
  const api = useApi();
  const [error, setError] = useState<unknown>();
  const { service, type, reason } = group;
  const change = async (to: { readonly note?: string | null; readonly isMuted?: boolean }) => {
    setError(undefined);
    try {
      await api.call('changeDeadLetterGroup', { path: { service }, body: { type, reason, ...to } });
      onChanged();
      onClose();
    } catch (cause) {
      setError(cause);
    }
  };
  return { change, problem: error !== undefined && <Problem error={error} /> };
}

function SendDialog({ group, onClose, onChanged }: DialogProps) {
  const words = useWordsOf(failedWords);
  const { actions } = useWords();
  const api = useApi();
  const { service, type, reason, count } = group;
  // One of them tells what becomes of all: they have the same type and broke the same rule.
  const sample = useFresh(['deadLetterSample', groupKey(group)], (signal) =>
    api.admin.deadLetters({ service, type, reason, limit: 1 }, { signal }).first(1),
  );
  const [one] = sample.data ?? [];
  const isNever = one?.sendable === false;
  const send = () => {
    onClose();
    void sendGroup(api, group).then(onChanged);
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={words.group.send(count)}
      actions={
        <>
          <Button onClick={onClose}>{actions.cancel}</Button>
          <Button kind="main" data-first onClick={send} refusal={isNever ? words.send.unsendable : undefined}>
            {words.group.send(count)}
          </Button>
        </>
      }
    >
      <p className={css['named']}>
        <code>{type === '' ? words.group.untyped : type}</code>
        <span>{service}</span>
      </p>
      <ul className={css['effects']}>
        {isNever ? (
          <li>{words.send.unsendable}</li>
        ) : (
          <>
            <li>{words.send.back(count)}</li>
            <li>{words.send.once}</li>
            {one !== undefined &&
              prospectsOf(one).map(({ kind }) => <li key={kind}>{words.prospects[kind](service, '')}</li>)}
            <li>{words.send.again}</li>
          </>
        )}
      </ul>
      {sample.error !== null && <Problem error={sample.error} onRetry={sample.refresh} />}
    </Dialog>
  );
}

function NoteDialog(props: DialogProps) {
  const { group, onClose } = props;
  const words = useWordsOf(failedWords);
  const { actions } = useWords();
  const id = useId();
  const { change, problem } = useChange(props);
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const note = fieldsOf(new FormData(event.currentTarget))['note']!.trim();
    void change({ note: note === '' ? null : note });
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={words.note.title}
      actions={
        <>
          {group.note !== undefined && (
            <Button kind="danger" onClick={() => void change({ note: null })}>
              {words.note.remove}
            </Button>
          )}
          <Button onClick={onClose}>{actions.cancel}</Button>
          <Button kind="main" type="submit" form={id}>
            {words.note.save}
          </Button>
        </>
      }
    >
      <form id={id} className={css['form']} onSubmit={save}>
        <Field
          label={words.note.label}
          name="note"
          isLong
          maxLength={1_000}
          defaultValue={group.note}
          data-first
        />
      </form>
      {problem}
    </Dialog>
  );
}

function MuteDialog(props: DialogProps) {
  const { group, onClose } = props;
  const words = useWordsOf(failedWords);
  const { actions } = useWords();
  const { change, problem } = useChange(props);
  const title = group.isMuted ? words.group.unmute : words.group.mute;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={title}
      actions={
        <>
          <Button onClick={onClose}>{actions.cancel}</Button>
          <Button kind="main" data-first onClick={() => void change({ isMuted: !group.isMuted })}>
            {title}
          </Button>
        </>
      }
    >
      <p>{words.group.muteWhy}</p>
      {problem}
    </Dialog>
  );
}

const DIALOGS = { send: SendDialog, note: NoteDialog, mute: MuteDialog } as const;

/** What is asked before something is done with a group. */
export function GroupDialogs({
  asked,
  ...props
}: Omit<DialogProps, 'group'> & { readonly asked: Asked | undefined }) {
  if (asked === undefined) return null;
  const Asking = DIALOGS[asked.what];
  return <Asking group={asked.group} {...props} />;
}
