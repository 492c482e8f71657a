import type { List, StuckSaga } from '@jangteo/client';
import { RotateCw } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { useApi, useMay } from '../../api/index.js';
import { useFresh, type Fresh } from '../../api/fresh.js';
import { filledPage, isNone } from '../../api/filled-page.js';
import { useList } from '../../api/list.js';
import { useLiveShop } from '../../app/live-shop.js';
import { Outcome } from '../../operations/Outcome.js';
import { fatesOf, progressOf, type Progress } from '../../operations/progress.js';
import { useOperations, useUndertakings } from '../../operations/use-operations.js';
import { words as operationWords } from '../../operations/words.js';
import { useAddress } from '../../ui/address.js';
import { Button } from '../../ui/Button.js';
import { DataTable, type DataTableProps } from '../../ui/DataTable.js';
import { Empty } from '../../ui/Empty.js';
import { exportedOf, READ_ROWS } from '../../ui/export.js';
import { Filters, SelectField } from '../../ui/Filters.js';
import { durationOf } from '../../ui/format.js';
import { ListActions } from '../../ui/ListActions.js';
import { ListBody } from '../../ui/ListBody.js';
import { LiveLine } from '../../ui/LiveLine.js';
import { useNow } from '../../ui/now.js';
import { Old } from '../../ui/Old.js';
import { Page } from '../../ui/Page.js';
import { Problem } from '../../ui/Problem.js';
import { Skeleton } from '../../ui/Skeleton.js';
import { cellsOf } from '../../ui/tables.js';
import { useLanguage, useWords, useWordsOf } from '../../words/index.js';
import { columnsOf } from './columns.js';
import { NudgeDialog, type Meant } from './NudgeDialog.js';
import { nudges } from './nudges.js';
import { SagaPane } from './SagaPane.js';
import { callsIn, OLDER_THAN, olderThanOf, sagasOfNudges, type ShownSaga } from './sagas.js';
import css from './stuck.module.css';
import { words as stuckWords } from './words.js';

const PAGE = 50;
const EVERY_MS = 3_000;
/** Of those that wait, when the ones of a call are looked for: the oldest orders first. */
const LOOKED_THROUGH_MAX = 500;

/**
 * How many are in flight, as the shop tells once a second.
 * @param listed how many the list has, of which the shop may think that they go on by themselves
 */
function InFlight({ listed }: { readonly listed: number }) {
  const { now: words } = useWordsOf(stuckWords);
  const language = useLanguage();
  const { heard, now: shop } = useLiveShop();
  if (shop === undefined) return <p className={css['now']}>{heard.length === 0 ? ' ' : words.unheard}</p>;
  if (shop.sagas === undefined) return <p className={css['now']}>{words.unknown}</p>;
  const { inFlight, mayBeMore, oldestMs = 0 } = shop.sagas;
  const stuck = Math.max(shop.sagas.stuck, listed);
  const oldest = durationOf(oldestMs, language);
  const counted = (orders: number) => `${orders}${mayBeMore === true ? '+' : ''}`;
  return (
    <p className={css['now']}>
      {stuck > 0
        ? words.some(counted(stuck), counted(inFlight), oldest)
        : mayBeMore === true
          ? words.noneOfOldest(inFlight, oldest)
          : words.none(inFlight, oldest)}
    </p>
  );
}

function StuckFilters() {
  const words = useWordsOf(stuckWords);
  const { shortened, clear } = useCallFilter();
  const [address, change] = useAddress();
  const chosen = olderThanOf(address);
  const options = OLDER_THAN.some((one) => one === chosen) ? OLDER_THAN : [...OLDER_THAN, chosen];
  return (
    <Filters
      chips={shortened === undefined ? [] : [{ name: 'operation', label: `${words.call}: ${shortened}` }]}
      onRemove={clear}
      onClear={clear}
    >
      {shortened === undefined && (
        <SelectField
          label={words.olderThan}
          value={String(chosen)}
          options={options.map((seconds) => [String(seconds), words.seconds(seconds)] as const)}
          onChange={(olderThan) => change({ olderThan, cursor: undefined, order: undefined })}
        />
      )}
    </Filters>
  );
}

/** The calls whose orders alone are shown, in short; undefined where all are. */
function useCallFilter() {
  const [address, change] = useAddress();
  const [first, ...others] = callsIn(address);
  const more = others.length === 0 ? '' : ` + ${others.length}`;
  return {
    shortened: first && `${first.slice(0, 8)}…${first.slice(-4)}${more}`,
    clear: () => change({ operation: undefined, order: undefined }),
  };
}

/** Several calls as one; undefined until each is read. */
function progressOfAll(
  operations: Parameters<typeof fatesOf>[0],
  ids: readonly string[],
): Progress | undefined {
  if (operations.length < ids.length) return undefined;
  const all = operations.map(progressOf);
  const sum = (field: 'requested' | 'sent') => all.reduce((total, one) => total + one[field], 0);
  return {
    requested: sum('requested'),
    sent: sum('sent'),
    unsendable: 0,
    operationIds: ids,
    isUnderWay: false,
  };
}

type OnNudge = (saga: StuckSaga) => void;

/** How orders are shown in a table, and the one that is open beside it. */
function useTable(rows: readonly ShownSaga[] | undefined, onNudge: OnNudge) {
  const words = useWordsOf(stuckWords);
  const [address, change] = useAddress();
  const columns = useColumns(onNudge);
  const services = useLiveShop().now?.services;
  const open = rows?.find(({ orderId }) => orderId === address['order']);
  const close = () => change({ order: undefined });
  const table: Omit<DataTableProps<ShownSaga>, 'rows'> = {
    caption: words.caption,
    columns,
    keyOf: ({ orderId }) => orderId,
    openKey: open?.orderId,
    onOpen: ({ orderId }) => change({ order: orderId }, true),
  };
  const pane = open && (
    <SagaPane
      saga={open}
      services={services}
      onClose={close}
      onNudge={(saga) => {
        close();
        onNudge(saga);
      }}
    />
  );
  return { table, pane };
}

function useColumns(onNudge: OnNudge) {
  const words = useWordsOf(stuckWords);
  const { commands } = useWordsOf(operationWords);
  const shared = useWords();
  const services = useLiveShop().now?.services;
  return columnsOf({ words, shared, commands, services, now: useNow(), onNudge });
}

/** The page around whichever orders are shown: what it hands on, and what refreshes it, is theirs. */
function Screen({
  rows,
  all,
  live,
  onNudge,
  main,
  isOfAll = false,
  children,
}: {
  readonly rows: readonly ShownSaga[] | undefined;
  /** As they are exported; those that are shown, where there are no more. */
  readonly all?: Pick<List<ShownSaga>, 'pages'>;
  readonly live: Pick<Fresh<unknown>, 'isEarlier' | 'freshness'>;
  readonly onNudge: OnNudge;
  readonly main?: ReactNode;
  /** The rows are all that the shop counts as stuck. */
  readonly isOfAll?: boolean;
  readonly children: ReactNode;
}) {
  const { pages } = useWords();
  const columns = useColumns(onNudge);
  return (
    <Page
      title={pages.stuck}
      live={<LiveLine {...live.freshness} />}
      actions={
        <>
          <ListActions
            name="stuck-orders"
            cells={rows && cellsOf(columns, rows)}
            isEarlier={live.isEarlier}
            all={all && (() => exportedOf(columns, all))}
          />
          {main}
        </>
      }
    >
      <InFlight listed={isOfAll ? (rows?.length ?? 0) : 0} />
      <StuckFilters />
      {children}
    </Page>
  );
}

/** The orders of some calls: those that wait still, and those that went on. */
function OfCalls({ ids, onNudge }: { readonly ids: readonly string[]; readonly onNudge: OnNudge }) {
  const words = useWordsOf(stuckWords);
  const api = useApi();
  const { operations, error: callError, fates } = useOperations(ids);
  const live = useFresh(
    ['sagasInFlight'],
    (signal) => api.admin.sagas({ olderThanSeconds: 0, limit: 100 }, { signal }).first(LOOKED_THROUGH_MAX),
    { everyMs: EVERY_MS },
  );
  const { data, error, freshness, refresh } = live;
  const made = useUndertakings(nudges).find(({ progress }) =>
    progress?.operationIds.some((id) => ids.includes(id)),
  );
  const progress = made?.progress ?? progressOfAll(operations, ids);
  const rows = data && sagasOfNudges(operations, data, made?.thing ?? []);
  const { table, pane } = useTable(rows, onNudge);
  const gone =
    made === undefined ? (fates?.tookEffect ?? 0) - (rows?.filter((row) => row.hasGoneOn).length ?? 0) : 0;
  return (
    <Screen rows={rows} live={live} onNudge={onNudge}>
      <section className={css['call']} aria-label={words.ofCall}>
        {progress === undefined ? (
          callError !== null && <Problem error={callError} />
        ) : (
          <Outcome
            progress={progress}
            kind="nudges"
            {...(made && { onGoOn: () => void nudges.goOn(made.key) })}
          />
        )}
        {gone > 0 && <p>{words.goneElsewhere(gone)}</p>}
      </section>
      {error !== null && <Problem error={error} onRetry={refresh} />}
      {rows === undefined && error === null && <Skeleton lines={4} />}
      {rows?.length === 0 && <Empty why={words.emptyOfCall} />}
      {rows !== undefined && rows.length > 0 && (
        <Old of={freshness}>
          <DataTable {...table} rows={rows} />
        </Old>
      )}
      {pane}
    </Screen>
  );
}

const shown = (saga: StuckSaga): ShownSaga => ({ ...saga, hasGoneOn: false });

/** All orders without progress for so long. */
function All({ onNudge, onAsk }: { readonly onNudge: OnNudge; readonly onAsk: (meant: Meant) => void }) {
  const words = useWordsOf(stuckWords);
  const { actions } = useWords();
  const api = useApi();
  const [address] = useAddress();
  const mayNot = useMay('operator') ? undefined : actions.notAllowed('operator');
  const olderThanSeconds = olderThanOf(address);
  const { cursor } = address;
  const query = { olderThanSeconds };
  const list = useList(
    ['sagas', query, cursor],
    (signal) => filledPage(api.admin.sagas({ ...query, limit: PAGE }, { signal }), cursor),
    ({ orderId }) => orderId,
    EVERY_MS,
    true,
  );
  const rows = list.rows?.map(shown);
  const { table, pane } = useTable(rows, onNudge);
  const all = {
    async *pages() {
      for await (const sagas of api.admin.sagas({ ...query, limit: READ_ROWS }).pages())
        yield sagas.map(shown);
    },
  };
  const count = rows?.length ?? 0;
  const why = olderThanSeconds === 0 ? words.emptyAll : words.empty(words.seconds(olderThanSeconds));
  return (
    <Screen
      {...{ rows, all, onNudge }}
      live={list}
      isOfAll={olderThanSeconds > 0}
      main={
        <Button
          kind="main"
          icon={<RotateCw aria-hidden />}
          refusal={mayNot ?? (isNone(list) ? words.nothing : undefined)}
          onClick={() => onAsk({ olderThanSeconds })}
        >
          {list.next === undefined ? words.nudge(count) : words.nudgeMore(count)}
        </Button>
      }
    >
      <ListBody list={{ ...list, rows }} {...table} lines={6} empty={<Empty why={why} />} />
      {pane}
    </Screen>
  );
}

/** Leads to what comes of a nudge as soon as its calls are known. */
function useWayToNudge(key: string | undefined): void {
  const [, change] = useAddress();
  const ids = useUndertakings(nudges)
    .find((one) => one.key === key)
    ?.progress?.operationIds.join(',');
  useEffect(() => {
    if (ids !== undefined && ids !== '') change({ operation: ids, cursor: undefined, order: undefined });
  }, [ids, change]);
}

/** Orders that wait for somebody, and the hand that pushes them. */
export default function Stuck() {
  const [address] = useAddress();
  const [meant, ask] = useState<Meant>();
  const [nudged, setNudged] = useState<string>();
  const ids = callsIn(address);
  const onNudge = (saga: StuckSaga) => ask({ saga });
  useWayToNudge(nudged);
  return (
    <>
      {ids.length > 0 ? <OfCalls ids={ids} onNudge={onNudge} /> : <All onNudge={onNudge} onAsk={ask} />}
      {meant !== undefined && (
        <NudgeDialog meant={meant} onClose={() => ask(undefined)} onNudged={setNudged} />
      )}
    </>
  );
}
