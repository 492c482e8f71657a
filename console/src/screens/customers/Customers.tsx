import type { QueryOf, User } from '@jangteo/client';
import { Link } from 'wouter';
import { useApi } from '../../api/index.js';
import type { Column } from '../../ui/DataTable.js';
import { FilteredList } from '../../ui/FilteredList.js';
import { shortOf } from '../../ui/format.js';
import { Time } from '../../ui/Time.js';
import { useWordsOf } from '../../words/index.js';
import { AccountState } from './AccountState.js';
import { words as customerWords, type CustomerWords } from './words.js';

const columnsOf = ({ columns, states, roles }: CustomerWords): readonly Column<User>[] => [
  {
    id: 'name',
    head: columns.name,
    isWide: true,
    cell: ({ userId, name }) => (
      <Link href={`/customers/${userId}`} title={name}>
        {name ?? '–'}
      </Link>
    ),
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
  const api = useApi();
  return (
    <FilteredList
      page="customers"
      words={words}
      fields={{ q: 'search', role: words.roles, state: words.states }}
      read={(query: QueryOf<'listUsers'>, options) => api.admin.users(query, options)}
      keyOf={({ userId }) => userId}
      columns={columnsOf(words)}
      everyMs={10_000}
    />
  );
}
