import type { AdminLogEntry } from '@jangteo/client';
import { Id } from '../../ui/Copy.js';
import { Dialog } from '../../ui/Dialog.js';
import { Facts } from '../../ui/Facts.js';
import { Time } from '../../ui/Time.js';
import { useWords, useWordsOf } from '../../words/index.js';
import { changesOf } from './changes.js';
import css from './EntryPane.module.css';
import { Result } from './Result.js';
import { words as logWords } from './words.js';

function Json({ title, value }: { readonly title: string; readonly value: object | undefined }) {
  if (value === undefined) return null;
  return (
    <>
      <h3>{title}</h3>
      <pre className={css['json']} tabIndex={0}>
        {JSON.stringify(value, undefined, 2)}
      </pre>
    </>
  );
}

/** Everything that is known of one thing that somebody did. */
export function EntryPane({
  entry,
  onClose,
}: {
  readonly entry: AdminLogEntry;
  readonly onClose: () => void;
}) {
  const words = useWordsOf(logWords);
  const { none } = useWords();
  const { columns } = words;
  const changes = changesOf(entry.before, entry.after);
  const idOf = (id: string | undefined, what: string) => id && <Id key={what} id={id} what={what} />;
  return (
    <Dialog isOpen side="right" onClose={onClose} title={`${words.entry}: ${entry.action}`}>
      <Facts
        facts={[
          [columns.result, <Result key="result" entry={entry} />],
          [words.code, entry.code && <code key="code">{entry.code}</code>],
          [columns.at, <Time key="at" at={entry.at} />],
          [columns.who, idOf(entry.actorId, columns.who)],
          [words.key, idOf(entry.keyId, words.key)],
          [words.inNameOf, idOf(entry.userId, words.inNameOf)],
          [columns.target, idOf(entry.target, entry.targetType ?? columns.target)],
          [words.request, idOf(entry.requestId, words.request)],
          [words.network, <code key="network">{entry.network}</code>],
        ]}
      />
      {changes.length > 0 && (
        <>
          <h3>{words.changed}</h3>
          <table className={css['changes']}>
            <caption className={css['caption']}>{words.changed}</caption>
            <thead>
              <tr>
                <td />
                <th scope="col">{words.before}</th>
                <th scope="col">{words.after}</th>
              </tr>
            </thead>
            <tbody>
              {changes.map(({ path, before, after }) => (
                <tr key={path}>
                  <th scope="row">{path}</th>
                  <td>
                    <code>{before ?? none}</code>
                  </td>
                  <td>
                    <code>{after ?? none}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
      <Json title={words.asked} value={entry.asked} />
    </Dialog>
  );
}
