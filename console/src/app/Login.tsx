import { JangteoError } from '@jangteo/client';
import { useEffect, useId, useRef, useState, type FormEvent, type ReactNode } from 'react';
import { session } from '../api/index.js';
import type { Visitor } from '../api/session.js';
import { Button } from '../ui/Button.js';
import { Problem } from '../ui/Problem.js';
import { useWords } from '../words/index.js';
import css from './Login.module.css';

/** @param note said above the fields: why one has to log in */
export function Login({ note, email = '' }: { readonly note?: string | undefined; readonly email?: string }) {
  const { login } = useWords();
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  const ids = { email: useId(), password: useId() };
  useEffect(() => first.current?.focus(), []);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    setBusy(true);
    setError(undefined);
    await session
      .logIn(fields.get('email') as string, fields.get('password') as string)
      .catch((cause: unknown) => setError(cause));
    setBusy(false);
  };
  const isWrong = error instanceof JangteoError && error.status === 401;
  return (
    <form className={css['login']} onSubmit={(event) => void submit(event)}>
      {note !== undefined && <p>{note}</p>}
      <label htmlFor={ids.email}>{login.email}</label>
      <input
        ref={first}
        id={ids.email}
        name="email"
        type="email"
        autoComplete="username"
        defaultValue={email}
        required
      />
      <label htmlFor={ids.password}>{login.password}</label>
      <input id={ids.password} name="password" type="password" autoComplete="current-password" required />
      {isWrong && (
        <p className={css['wrong']} role="alert">
          {login.wrong}
        </p>
      )}
      {error !== undefined && !isWrong && <Problem error={error} />}
      <Button kind="main" type="submit" disabled={isBusy}>
        {login.submit}
      </Button>
    </form>
  );
}

/** What keeps the shop from saying who looks, or from hearing that they log out. */
export function Away({ visitor }: { readonly visitor: Extract<Visitor, { state: 'away' }> }) {
  const { login } = useWords();
  const note = visitor.isLoggingOut ? login.staying : undefined;
  return <Problem error={visitor.error} note={note} onRetry={() => void session.start()} />;
}

/** The whole window, where nothing of the shop can be shown. */
export function Outside({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <main className={css['page']}>
      <h1>{title}</h1>
      {children}
    </main>
  );
}

export function LoginPage({ note }: { readonly note?: string | undefined }) {
  const { login, shop } = useWords();
  useEffect(() => {
    document.title = `${login.title} · ${shop}`;
  }, [login, shop]);
  return (
    <Outside title={login.title}>
      <Login note={note} />
    </Outside>
  );
}
