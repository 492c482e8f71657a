import { useEffect, type ReactNode } from 'react';
import { useWords } from '../words/index.js';
import css from './Page.module.css';

/** A page's head and body: one h1, what is live about it, and its main action at the right. */
export function Page({
  title,
  live,
  actions,
  children,
}: {
  readonly title: string;
  readonly live?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  const { shop } = useWords();
  useEffect(() => {
    document.title = `${title} · ${shop}`;
  }, [title, shop]);
  return (
    <>
      <header className={css['head']}>
        <h1>{title}</h1>
        <div className={css['live']}>{live}</div>
        <div className={css['actions']}>{actions}</div>
      </header>
      {children}
    </>
  );
}

/** A part of a page with its own heading. */
export function Panel({
  title,
  actions,
  children,
}: {
  readonly title: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section className={css['panel']} aria-label={title}>
      <header>
        <h2>{title}</h2>
        <div className={css['actions']}>{actions}</div>
      </header>
      {children}
    </section>
  );
}
