import type { StuckSaga } from '@jangteo/client';
import { useApi } from '../../api/index.js';
import { useFresh } from '../../api/fresh.js';
import { useLiveShop } from '../../app/live-shop.js';
import { words as operationWords } from '../../operations/words.js';
import { Button } from '../../ui/Button.js';
import { Dialog } from '../../ui/Dialog.js';
import { useNow } from '../../ui/now.js';
import { Problem } from '../../ui/Problem.js';
import { Skeleton } from '../../ui/Skeleton.js';
import { useWords, useWordsOf } from '../../words/index.js';
import { commandOf } from './columns.js';
import { nudge } from './nudges.js';
import { effectsOf } from './sagas.js';
import css from './stuck.module.css';
import { words as stuckWords } from './words.js';

/** More are nudged all the same, and not read before. */
const PREVIEWED_MAX = 1_000;

/** Which sagas are meant: one, or all without progress for so long. */
export type Meant = { readonly saga: StuckSaga } | { readonly olderThanSeconds: number };

function Effects({ sagas, isOne }: { readonly sagas: readonly StuckSaga[]; readonly isOne: boolean }) {
  const { effects: words, ...stuck } = useWordsOf(stuckWords);
  const { commands } = useWordsOf(operationWords);
  const services = useLiveShop().now?.services;
  const effects = effectsOf(sagas, services, useNow());
  const silent = effects.flatMap(({ awaited }) =>
    awaited?.readiness === 'silent' ? [String(awaited.service)] : [],
  );
  const sentenceOf = ({ kind, count, name, awaited }: (typeof effects)[number]): string => {
    if (kind === 'givenUp') return words.givenUp(count);
    if (awaited?.service === undefined) return words.confirmed(count, name);
    return words.sent(count, commandOf(name, commands), awaited.service, stuck.readiness[awaited.readiness]);
  };
  return (
    <ul className={css['effects']}>
      {effects.map((effect) => (
        <li key={effect.name}>{sentenceOf(effect)}</li>
      ))}
      {silent.length > 0 && <li>{words.silent([...new Set(silent)].join(', '))}</li>}
      <li>{words.once}</li>
      {!isOne && <li>{words.moment}</li>}
    </ul>
  );
}

/** What a nudge does, before it is given. */
export function NudgeDialog({
  meant,
  onClose,
  onNudged,
}: {
  readonly meant: Meant;
  readonly onClose: () => void;
  /** With the key under which what comes of it is found. */
  readonly onNudged: (key: string) => void;
}) {
  const words = useWordsOf(stuckWords);
  const { actions } = useWords();
  const api = useApi();
  const olderThanSeconds = 'saga' in meant ? undefined : meant.olderThanSeconds;
  const read = useFresh(
    ['sagasToNudge', olderThanSeconds],
    (signal) =>
      api.admin.sagas({ olderThanSeconds: olderThanSeconds!, limit: 100 }, { signal }).first(PREVIEWED_MAX),
    { isWanted: olderThanSeconds !== undefined },
  );
  const sagas = 'saga' in meant ? [meant.saga] : read.data;
  const count = sagas?.length ?? 0;
  const title = count < PREVIEWED_MAX ? words.nudge(count) : words.nudgeMore(count);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={title}
      actions={
        <>
          <Button onClick={onClose}>{actions.cancel}</Button>
          <Button
            kind="main"
            data-first
            refusal={count === 0 ? words.nothing : undefined}
            onClick={() => {
              onNudged(nudge(api, sagas!, olderThanSeconds));
              onClose();
            }}
          >
            {title}
          </Button>
        </>
      }
    >
      {sagas === undefined && read.error === null && <Skeleton lines={3} />}
      {read.error !== null && <Problem error={read.error} onRetry={read.refresh} />}
      {sagas?.length === 0 && <p>{words.nothing}</p>}
      {sagas !== undefined && sagas.length > 0 && <Effects sagas={sagas} isOne={'saga' in meant} />}
    </Dialog>
  );
}
