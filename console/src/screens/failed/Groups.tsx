import type { DeadLetterGroup } from '@jangteo/client';
import { useState, type ReactNode } from 'react';
import { useApi } from '../../api/index.js';
import { useFresh, type Fresh } from '../../api/fresh.js';
import { useLiveShop } from '../../app/live-shop.js';
import { withKept } from '../../operations/kept.js';
import { Outcome } from '../../operations/Outcome.js';
import { useUndertakings } from '../../operations/use-operations.js';
import { useAddress } from '../../ui/address.js';
import { DataTable } from '../../ui/DataTable.js';
import { Empty } from '../../ui/Empty.js';
import { ListActions } from '../../ui/ListActions.js';
import { LiveLine } from '../../ui/LiveLine.js';
import { Old } from '../../ui/Old.js';
import { Page } from '../../ui/Page.js';
import { Problem } from '../../ui/Problem.js';
import { Skeleton } from '../../ui/Skeleton.js';
import { cellsOf } from '../../ui/tables.js';
import { useLanguage, useWords, useWordsOf } from '../../words/index.js';
import { changeToLetters, groupKey, isLater, SERVICES } from './filters.js';
import { GroupDialogs, type Asked } from './GroupActions.js';
import { columnsOf } from './group-columns.js';
import { readGroups, type Groups as ReadGroups } from './reads.js';
import { groupSendings } from './sendings.js';
import css from './failed.module.css';
import { words as failedWords } from './words.js';

const EVERY_MS = 3_000;

/** All groups as they are; those that were sent stay until they are taken off the page. */
export function useGroups(): Fresh<ReadGroups> & { readonly rows: readonly DeadLetterGroup[] | undefined } {
  const api = useApi();
  const told = useLiveShop().now?.services ?? [];
  const silent = SERVICES.filter((service) =>
    told.some((one) => one.service === service && !one.isAnswering),
  );
  const read = useFresh(['deadLetterGroups', silent], (signal) => readGroups(api, silent, signal), {
    everyMs: EVERY_MS,
  });
  const kept = useUndertakings(groupSendings).map(({ thing }) => ({ ...thing, count: 0 }));
  return { ...read, rows: read.data && withKept(read.data.groups, kept, groupKey, isLater) };
}

/** What came of sending a group again, where it was. */
export function GroupOutcome({
  group,
}: {
  readonly group: Pick<DeadLetterGroup, 'service' | 'type' | 'reason'>;
}) {
  const key = groupKey(group);
  const progress = useUndertakings(groupSendings).find((one) => one.key === key)?.progress;
  if (progress === undefined) return null;
  return (
    <Outcome
      progress={progress}
      kind="letters"
      hrefOf={(id) => `/failed?operation=${id}`}
      onGoOn={() => void groupSendings.goOn(key)}
      onDismiss={() => groupSendings.dismiss(key)}
    />
  );
}

export function Away({ services }: { readonly services: readonly string[] }) {
  const words = useWordsOf(failedWords);
  if (services.length === 0) return null;
  return (
    <p role="status" className={css['awayNote']}>
      {words.away(services.join(', '))}
    </p>
  );
}

export function Groups({ tabs }: { readonly tabs: ReactNode }) {
  const words = useWordsOf(failedWords);
  const { pages } = useWords();
  const language = useLanguage();
  const [, change] = useAddress();
  const [asked, ask] = useState<Asked>();
  const { rows, data, error, freshness, refresh } = useGroups();
  const sendings = useUndertakings(groupSendings);
  const columns = columnsOf(words, language, (what, group) => ask({ what, group }));
  return (
    <Page
      title={pages.failed}
      live={<LiveLine {...freshness} />}
      actions={<ListActions name="failed-messages" cells={rows && cellsOf(columns, rows)} />}
    >
      {tabs}
      {error !== null && <Problem error={error} onRetry={refresh} />}
      <Away services={data?.away ?? []} />
      {rows === undefined && error === null && <Skeleton lines={6} />}
      {rows?.length === 0 && data?.away.length === 0 && (
        <Empty why={words.empty} command={words.emptyCommand} />
      )}
      {rows !== undefined && rows.length > 0 && (
        <Old of={freshness}>
          <DataTable
            caption={words.captions.groups}
            columns={columns}
            rows={rows}
            keyOf={groupKey}
            onOpen={({ service, type, reason }) => change(changeToLetters({ service, type, reason }), true)}
            below={(group) =>
              sendings.some(({ key }) => key === groupKey(group)) ? <GroupOutcome group={group} /> : null
            }
          />
        </Old>
      )}
      <GroupDialogs asked={asked} onClose={() => ask(undefined)} onChanged={refresh} />
    </Page>
  );
}
