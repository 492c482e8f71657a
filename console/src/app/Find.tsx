import { useQuery } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { useDeferredValue, useId, useState, type KeyboardEvent } from 'react';
import { useLocation } from 'wouter';
import { useApi } from '../api/index.js';
import { classes } from '../ui/classes.js';
import { Modal } from '../ui/Dialog.js';
import { Problem } from '../ui/Problem.js';
import { useWords, type Words } from '../words/index.js';
import css from './Find.module.css';
import { pageOf } from './found.js';
import { useLiveShop } from './live-shop.js';
import { RAIL } from './pages.js';

interface Hit {
  readonly key: string;
  readonly group: string;
  readonly title: string;
  /** Undefined where no page shows it. */
  readonly path: string | undefined;
}

function pagesNamed(text: string, words: Words): Hit[] {
  const asked = text.toLowerCase();
  return RAIL.filter(({ id }) => words.pages[id].toLowerCase().includes(asked)).map(({ id, path }) => ({
    key: id,
    group: words.find.kinds.page,
    title: words.pages[id],
    path,
  }));
}

const kindOf = (kind: string, { find }: Words): string =>
  kind in find.kinds ? find.kinds[kind as keyof typeof find.kinds] : kind;

/** Everything that a pasted text may name, and the pages, in one place. */
export function Find({ onClose }: { readonly onClose: () => void }) {
  const words = useWords();
  const api = useApi();
  const [, navigate] = useLocation();
  const [typed, type] = useState('');
  const [chosen, choose] = useState(0);
  const list = useId();
  const text = useDeferredValue(typed.trim());
  // Whatever an id, an e-mail or a key may be: shorter ones are names of pages.
  const isAsked = text.length >= 3;
  const { data, error, isFetching } = useQuery({
    queryKey: ['find', text],
    queryFn: ({ signal }) => api.admin.find(text, { signal }),
    enabled: isAsked,
  });
  const found = (isAsked ? (data ?? []) : []).map((thing): Hit => {
    const { kind, id, title } = thing;
    return { key: `${kind} ${id}`, group: kindOf(kind, words), title, path: pageOf(thing) };
  });
  const silent = useLiveShop().now?.services.filter(({ isAnswering }) => !isAnswering) ?? [];
  const hits = [...found, ...pagesNamed(text, words)];
  const open = (hit: Hit | undefined) => {
    if (hit?.path === undefined) return;
    navigate(hit.path);
    onClose();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { key } = event;
    if (key === 'Enter') open(hits[chosen]);
    if (key !== 'ArrowDown' && key !== 'ArrowUp') return;
    event.preventDefault();
    choose((old) => Math.min(hits.length - 1, Math.max(0, old + (key === 'ArrowDown' ? 1 : -1))));
  };
  return (
    <Modal isLight onClose={onClose} labelledBy={`${list}-title`} className={css['popup']}>
      <h2 id={`${list}-title`} className={css['title']}>
        {words.find.label}
      </h2>
      <div className={css['field']}>
        <Search aria-hidden />
        <input
          data-first
          role="combobox"
          aria-expanded={hits.length > 0}
          aria-controls={list}
          aria-activedescendant={hits[chosen] && `${list}-${chosen}`}
          aria-label={words.find.label}
          placeholder={words.find.hint}
          value={typed}
          autoComplete="off"
          spellCheck={false}
          onChange={({ target }) => {
            type(target.value);
            choose(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      {error !== null && <Problem error={error} />}
      <ul id={list} role="listbox" aria-label={words.find.label} className={css['hits']}>
        {hits.map((hit, index) => (
          <li
            key={hit.key}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === chosen}
            aria-disabled={hit.path === undefined}
            className={classes(css['hit'], index === chosen && css['chosen'])}
            onMouseMove={() => choose(index)}
            onClick={() => open(hit)}
          >
            <span className={css['group']}>{hit.group}</span>
            <span>{hit.title}</span>
            {hit.path === undefined && <span className={css['group']}>{words.find.noPage}</span>}
          </li>
        ))}
      </ul>
      {hits.length === 0 && error === null && (
        <p className={css['none']}>{isFetching ? words.find.searching : words.find.nothing}</p>
      )}
      {isAsked && silent.length > 0 && (
        <p className={css['none']}>{words.find.away(silent.map(({ service }) => service).join(', '))}</p>
      )}
    </Modal>
  );
}
