import type { ResetToken, UserDetails } from '@jangteo/client';
import { Ellipsis } from 'lucide-react';
import { useState } from 'react';
import { useApi, useMay } from '../../api/index.js';
import { mayAs } from '../../api/session.js';
import { Ask, Field, type Once } from '../../ui/Ask.js';
import type { Fields } from '../../ui/fields.js';
import { OnceShown } from '../../ui/Copy.js';
import { Dialog } from '../../ui/Dialog.js';
import { Facts } from '../../ui/Facts.js';
import { Menu } from '../../ui/Menu.js';
import { Due } from '../../ui/Time.js';
import { SelectField } from '../../ui/Filters.js';
import { useWords, useWordsOf } from '../../words/index.js';
import { words as customerWords, type CustomerWords } from './words.js';

type Action = keyof CustomerWords['actions'];

/** Asks for another role, from the one that the account has when it is opened. */
function ChangeRole({
  user: { userId, name, role },
  onDone,
  onClose,
}: {
  readonly user: UserDetails;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const words = useWordsOf(customerWords);
  const api = useApi();
  const [[from, to], choose] = useState([role, role] as const);
  const { actions, roles } = words;
  const change = from === to ? roles[from] : `${roles[from]} → ${roles[to]}`;
  return (
    <Ask
      title={`${actions.role}: ${name ?? userId} (${change})`}
      verb={actions.role}
      effects={<p>{words.asks.role}</p>}
      isDanger={!mayAs(from, to)}
      onDo={async () => {
        await api.admin.changeUser(userId, { role: to });
        onDone();
      }}
      onClose={onClose}
    >
      <SelectField
        label={words.columns.role}
        value={to}
        options={Object.entries(roles)}
        onChange={(value) => choose([from, value as typeof role])}
      />
    </Ask>
  );
}

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
  const { userId, state, sessions } = user;
  const refusal = mayChange ? undefined : actions.notAllowed('admin');
  const does: Readonly<Record<Exclude<Action, 'role'>, (fields: Fields, once: Once) => Promise<unknown>>> = {
    suspend: () => api.admin.changeUser(userId, { state: 'SUSPENDED' }),
    resume: () => api.admin.changeUser(userId, { state: 'ACTIVE' }),
    endSessions: () => api.admin.endSessions(userId),
    reset: async () => setToken(await api.admin.makePasswordReset(userId)),
    adjust: ({ amount = '', reason = '' }, once) =>
      api.admin.adjustBalance(userId, { amount: Number(amount), reason }, once),
  };
  const close = () => ask(undefined);
  const done = (what: Action): void => {
    close();
    onDone(what === 'reset' ? undefined : words.done[what]);
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
      {asked === 'role' && <ChangeRole user={user} onDone={() => done(asked)} onClose={close} />}
      {asked !== undefined && asked !== 'role' && (
        <Ask
          title={words.actions[asked]}
          verb={words.actions[asked]}
          effects={<p>{asked === 'endSessions' ? words.asks.endSessions(sessions) : words.asks[asked]}</p>}
          isDanger={asked === 'suspend' || asked === 'endSessions'}
          onDo={async (fields, once) => {
            await does[asked](fields, once);
            done(asked);
          }}
          onClose={close}
        >
          {asked === 'adjust' && (
            <>
              <Field label={words.amount} name="amount" isMoney type="number" step={1} required />
              <Field label={words.reason} name="reason" required maxLength={200} />
            </>
          )}
        </Ask>
      )}
      {token !== undefined && (
        <Dialog isOpen title={words.actions.reset} onClose={() => setToken(undefined)}>
          <Facts
            facts={[
              [words.token, <OnceShown key="token" text={token.token} what={words.token} />],
              [words.until, <Due key="until" at={token.expiresAt} />],
            ]}
          />
        </Dialog>
      )}
    </>
  );
}
