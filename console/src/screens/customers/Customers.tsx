import type { QueryOf, User } from '@jangteo/client';
import { Link, useLocation } from 'wouter';
import { useApi } from '../../api/index.js';
import { useList } from '../../api/list.js';
import { useAddress } from '../../ui/address.js';
import { Button } from '../../ui/Button.js';
import { cellsOf, type Column } from '../../ui/DataTable.js';
import { Empty } from '../../ui/Empty.js';
import { Filters, SelectField, TextField } from '../../ui/Filters.js';
import { shortOf } from '../../ui/format.js';
import { EXPORTED_ROWS_MAX, ListActions } from '../../ui/ListActions.js';
import { ListBody } from '../../ui/ListBody.js';
import { LiveLine } from '../../ui/LiveLine.js';
import { Page } from '../../ui/Page.js';
import { Time } from '../../ui/Time.js';
import { useKeys } from '../../ui/use-keys.js';
import { useWords, useWordsOf } from '../../words/index.js';
import { AccountState } from './AccountState.js';
import { words as customerWords, type CustomerWords } from './words.js';

const PAGE = 50;
const EVERY_MS = 10_000;
const FILTERS = ['q', 'role', 'state'] as const;

const columnsOf = ({ columns, states, roles }: CustomerWords): readonly Column<User>[] => [
  {
    id: 'name',
    head: columns.name,
    cell: ({ userId, name }) => <Link href={`/customers/${userId}`}>{name ?? '–'}</Link>,
    text: ({ name }) => name ?? '',
  },
  {
    id: 'email',
    head: columns.email,
    isWide: true,
    cell: ({ email }) => <span title={email}>{email ?? '–'}</span>,
    text: ({ email }) => email ?? '',
  },
  {
    id: 'role',
    head: columns.role,
    from: 'tablet',
    cell: ({ role }) => roles[role],
    text: ({ role }) => role,
  },
  {
    id: 'state',
    head: columns.state,
    cell: ({ state }) => <AccountState state={state} />,
    text: ({ state }) => states[state],
  },
  {
    id: 'user',
    head: columns.user,
    from: 'desktop',
    cell: ({ userId }) => <code title={userId}>{shortOf(userId)}</code>,
    text: ({ userId }) => userId,
  },
  {
    id: 'created',
    head: columns.created,
    align: 'right',
    from: 'tablet',
    cell: ({ createdAt }) => <Time at={createdAt} />,
    text: ({ createdAt }) => createdAt,
  },
];

/** Everybody who has an account. */
export default function Customers() {
  const words = useWordsOf(customerWords);
  const shared = useWords();
  const api = useApi();
  const [address, change] = useAddress();
  const [, navigate] = useLocation();
  const { cursor } = address;
  const given = FILTERS.filter((name) => address[name] !== undefined);
  const query = Object.fromEntries(given.map((name) => [name, address[name]])) as QueryOf<'listUsers'>;
  const list = useList(
    ['users', query, cursor],
    (signal) => api.admin.users({ ...query, limit: PAGE }, { signal }).page(cursor),
    ({ userId }) => userId,
    EVERY_MS,
  );
  useKeys({ r: list.refresh });
  const columns = columnsOf(words);
  const set = (name: (typeof FILTERS)[number]) => (value: string) =>
    change({ [name]: value, cursor: undefined });
  const clear = () => change({ q: undefined, role: undefined, state: undefined, cursor: undefined });
  const wordOf = (value: string): string =>
    ({ ...words.roles, ...words.states })[value as keyof CustomerWords['roles']] ?? value;
  return (
    <Page
      title={shared.pages.customers}
      live={<LiveLine {...list.freshness} />}
      actions={
        <ListActions
          name="customers"
          cells={list.rows && cellsOf(columns, list.rows)}
          all={async () =>
            cellsOf(columns, await api.admin.users({ ...query, limit: 100 }).first(EXPORTED_ROWS_MAX))
          }
        />
      }
    >
      <Filters
        chips={given.map((name) => ({ name, label: `${words.filters[name]}: ${wordOf(address[name]!)}` }))}
        onRemove={(name) => change({ [name]: undefined, cursor: undefined })}
        onClear={clear}
      >
        <TextField label={words.filters.q} value={address['q'] ?? ''} type="search" onChange={set('q')} />
        <SelectField
          label={words.filters.role}
          value={address['role'] ?? ''}
          options={[['', words.any], ...Object.entries(words.roles)]}
          onChange={set('role')}
        />
        <SelectField
          label={words.filters.state}
          value={address['state'] ?? ''}
          options={[['', words.any], ...Object.entries(words.states)]}
          onChange={set('state')}
        />
      </Filters>
      <ListBody
        list={list}
        caption={words.caption}
        columns={columns}
        keyOf={({ userId }) => userId}
        onOpen={({ userId }) => navigate(`/customers/${userId}`)}
        empty={
          given.length > 0 ? (
            <Empty why={words.none} action={<Button onClick={clear}>{shared.actions.clear}</Button>} />
          ) : (
            <Empty why={words.empty} />
          )
        }
      />
    </Page>
  );
}
