import type { DeadLetter } from '@jangteo/client';
import { ArrowLeft } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import { useApi } from '../../api/index.js';
import { useList } from '../../api/list.js';
import { withKept } from '../../operations/kept.js';
import { Outcome } from '../../operations/Outcome.js';
import { useUndertakings } from '../../operations/use-operations.js';
import { useAddress } from '../../ui/address.js';
import { AddressFilters } from '../../ui/AddressFilters.js';
import { Button } from '../../ui/Button.js';
import { Empty } from '../../ui/Empty.js';
import { exportedOf, READ_ROWS } from '../../ui/export.js';
import { ListActions } from '../../ui/ListActions.js';
import { ListBody } from '../../ui/ListBody.js';
import { LiveLine } from '../../ui/LiveLine.js';
import { Page } from '../../ui/Page.js';
import { Problem } from '../../ui/Problem.js';
import { Status } from '../../ui/Status.js';
import { cellsOf } from '../../ui/tables.js';
import { useWords, useWordsOf } from '../../words/index.js';
import css from './failed.module.css';
import {
  changeToLetters,
  fieldsOf,
  FILTERS,
  groupIn,
  groupKey,
  groupStateOf,
  isNewer,
  isOnPage,
  letterKey,
  passes,
  queryOf,
  type View,
} from './filters.js';
import { GroupDialogs, type Asked } from './GroupActions.js';
import { GroupButtons, MutedMark } from './group-columns.js';
import { Away, GroupOutcome, useGroups } from './Groups.js';
import { letterColumns } from './letter-columns.js';
import { letterSendings } from './sendings.js';
import { reasonOf, words as failedWords } from './words.js';

const PAGE = 50;
const EVERY_MS = 3_000;

/** The group that a list shows the messages of, and what can be done with it. */
function GroupHead() {
  const words = useWordsOf(failedWords);
  const [address] = useAddress();
  const [asked, ask] = useState<Asked>();
  const name = groupIn(address);
  const { rows, data, error, refresh } = useGroups();
  if (name === undefined) return null;
  const group = rows?.find((one) => groupKey(one) === groupKey(name)) ?? {
    ...name,
    count: 0,
    isMuted: false,
  };
  const state = groupStateOf(name, data);
  return (
    <section
      className={css['group']}
      aria-label={`${group.type || words.group.untyped} · ${reasonOf(group.reason, words)}`}
    >
      <Link href="/failed" className={css['back']}>
        <ArrowLeft aria-hidden />
        {words.group.back}
      </Link>
      <div className={css['groupLine']}>
        <h2>
          {group.service} · <code>{group.type || words.group.untyped}</code> · {reasonOf(group.reason, words)}
        </h2>
        <MutedMark isMuted={group.isMuted} />
        {state === 'known' && (
          <GroupButtons group={group} onAsk={(what, of) => ask({ what, group: of })} kind="main" />
        )}
      </div>
      {state === 'away' && <Away services={[group.service]} />}
      {state === 'unknown' && error !== null && <Problem error={error} onRetry={refresh} />}
      {group.note !== undefined && <p className={css['note']}>{group.note}</p>}
      <GroupOutcome group={group} />
      <GroupDialogs asked={asked} onClose={() => ask(undefined)} onChanged={refresh} />
    </section>
  );
}

function LetterOutcome({ letter }: { readonly letter: DeadLetter }) {
  const words = useWordsOf(failedWords);
  const key = letterKey(letter);
  const done = useUndertakings(letterSendings).find((one) => one.key === key);
  if (done === undefined) return null;
  if (done.progress === undefined) {
    return (
      <Status tone="undone" isBare>
        {words.drop.done(done.thing.settledReason ?? '')}
      </Status>
    );
  }
  return (
    <Outcome
      progress={done.progress}
      kind="letters"
      hrefOf={(id) => `/failed?operation=${id}`}
      onGoOn={() => void letterSendings.goOn(key)}
      onDismiss={() => letterSendings.dismiss(key)}
    />
  );
}

/** A page of single messages; those that were sent or dropped here stay until they are taken off it. */
function useLetters(view: Exclude<View, 'groups'>) {
  const api = useApi();
  const [address] = useAddress();
  const { cursor } = address;
  const query = queryOf(address, view);
  const list = useList(
    ['deadLetters', query, cursor],
    (signal) => api.admin.deadLetters({ ...query, limit: PAGE }, { signal }).page(cursor),
    letterKey,
    EVERY_MS,
  );
  // What was done here is newer than a list that was read before it.
  const done = new Map(useUndertakings(letterSendings).map(({ key, thing }) => [key, thing]));
  const place = { isFirst: cursor === undefined, isLast: list.next === undefined };
  const isKept = (letter: DeadLetter): boolean =>
    view === 'waiting' && passes(letter, address) && isOnPage(letter, list.rows ?? [], place);
  const rows =
    list.rows &&
    withKept(
      list.rows.map((letter) => done.get(letterKey(letter)) ?? letter),
      [...done.values()].filter(isKept),
      letterKey,
      isNewer,
    );
  const all = () => api.admin.deadLetters({ ...query, limit: READ_ROWS });
  return { ...list, rows, all };
}

export function Letters({
  view,
  tabs,
}: {
  readonly view: Exclude<View, 'groups'>;
  readonly tabs: ReactNode;
}) {
  const words = useWordsOf(failedWords);
  const { pages, actions } = useWords();
  const [address, change] = useAddress();
  const { all, ...list } = useLetters(view);
  const { rows, freshness } = list;
  const done = useUndertakings(letterSendings);
  const columns = letterColumns(words);
  const isFiltered = FILTERS.some((name) => address[name] !== undefined);
  const open = rows?.find(({ deadLetterId }) => deadLetterId === address['letter']);
  const clear = () => change({ ...changeToLetters({}), view });
  return (
    <Page
      title={pages.failed}
      live={<LiveLine {...freshness} />}
      actions={
        <ListActions
          name={`failed-messages-${view}`}
          cells={rows && cellsOf(columns, rows)}
          isEarlier={list.isEarlier}
          all={() => exportedOf(columns, all())}
        />
      }
    >
      {tabs}
      {view === 'waiting' && groupIn(address) !== undefined && <GroupHead />}
      <AddressFilters fields={fieldsOf(words)} labels={words.filters} open={['letter', 'of']} />
      <ListBody
        list={list}
        caption={words.captions.letters}
        columns={columns}
        keyOf={letterKey}
        openKey={open && letterKey(open)}
        onOpen={({ deadLetterId, service }) => change({ letter: deadLetterId, of: service }, true)}
        below={(letter) =>
          done.some(({ key }) => key === letterKey(letter)) ? <LetterOutcome letter={letter} /> : null
        }
        empty={
          <Empty
            why={isFiltered ? words.none : view === 'waiting' ? words.empty : words.noneOfState}
            {...(isFiltered ? { action: <Button onClick={clear}>{actions.clear}</Button> } : {})}
          />
        }
      />
    </Page>
  );
}
