import type { ResetToken, UserDetails } from '@jangteo/client';
import { Ellipsis } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useApi, useMay } from '../../api/index.js';
import { Ask, Field, type Fields } from '../../ui/Ask.js';
import { Id } from '../../ui/Copy.js';
import { Dialog } from '../../ui/Dialog.js';
import { Facts } from '../../ui/Facts.js';
import { Menu } from '../../ui/Menu.js';
import { Time } from '../../ui/Time.js';
import { SelectField } from '../../ui/Filters.js';
import { useWords, useWordsOf } from '../../words/index.js';
import { words as customerWords, type CustomerWords } from './words.js';

type Action = keyof CustomerWords['actions'];

/** Everything that an admin does with an account. What came of it is told by `onDone`, for the page to show. */
export function CustomerActions({
  user,
  onDone,
}: {
  readonly user: UserDetails;
  readonly onDone: (sentence: string | undefined) => void;
}) {
  const words = useWordsOf(customerWords);
  const { actions } = useWords();
  const api = useApi();
  const mayChange = useMay('admin');
  const [asked, ask] = useState<Action>();
  const [token, setToken] = useState<ResetToken>();
  const [role, setRole] = useState(user.role);
  const { userId, state, sessions } = user;
  const refusal = mayChange ? undefined : actions.notAllowed('admin');
  const does: Readonly<Record<Action, (fields: Fields) => Promise<unknown>>> = {
    suspend: () => api.admin.changeUser(userId, { state: 'SUSPENDED' }),
    resume: () => api.admin.changeUser(userId, { state: 'ACTIVE' }),
    endSessions: () => api.admin.endSessions(userId),
    reset: async () => setToken(await api.admin.makePasswordReset(userId)),
    adjust: ({ amount = '', reason = '' }) =>
      api.admin.adjustBalance(userId, { amount: Number(amount), reason }),
    role: () => api.admin.changeUser(userId, { role }),
  };
  const onDo = async (fields: Fields): Promise<void> => {
    if (asked === undefined) return;
    await does[asked](fields);
    ask(undefined);
    onDone(asked === 'reset' ? undefined : words.done[asked]);
  };
  const effects = asked && (asked === 'endSessions' ? words.asks.endSessions(sessions) : words.asks[asked]);
  const fields: Partial<Record<Action, ReactNode>> = {
    adjust: (
      <>
        <Field label={words.amount} name="amount" isMoney type="number" step={1} required />
        <Field label={words.reason} name="reason" required maxLength={200} />
      </>
    ),
    role: (
      <SelectField
        label={words.columns.role}
        value={role}
        options={Object.entries(words.roles)}
        onChange={(value) => setRole(value as typeof role)}
      />
    ),
  };
  const offered: readonly Action[] = [
    'adjust',
    'role',
    'reset',
    'endSessions',
    state === 'SUSPENDED' ? 'resume' : 'suspend',
  ];
  return (
    <>
      <Menu
        icon={<Ellipsis aria-hidden />}
        items={offered.map((one) => ({ label: words.actions[one], refusal, onChoose: () => ask(one) }))}
      >
        {actions.menu}
      </Menu>
      {asked !== undefined && (
        <Ask
          title={words.actions[asked]}
          verb={words.actions[asked]}
          effects={<p>{effects}</p>}
          isDanger={asked === 'suspend' || asked === 'endSessions'}
          onDo={onDo}
          onClose={() => ask(undefined)}
        >
          {fields[asked]}
        </Ask>
      )}
      {token !== undefined && (
        <Dialog isOpen title={words.actions.reset} onClose={() => setToken(undefined)}>
          <Facts
            facts={[
              [words.token, <Id key="token" id={token.token} what={words.token} />],
              [words.until, <Time key="until" at={token.expiresAt} />],
            ]}
          />
        </Dialog>
      )}
    </>
  );
}
