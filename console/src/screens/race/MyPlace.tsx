import { useMemo, useState } from 'react';
import { useFresh } from '../../api/fresh.js';
import { session, useVisitor } from '../../api/index.js';
import { Away, Login } from '../../app/Login.js';
import { Button } from '../../ui/Button.js';
import { Dialog } from '../../ui/Dialog.js';
import { countOf } from '../../ui/format.js';
import { Panel } from '../../ui/Page.js';
import { Problem } from '../../ui/Problem.js';
import { useLanguage, useWordsOf } from '../../words/index.js';
import css from './race.module.css';
import { words as raceWords } from './words.js';

/** Whoever has more coupons than these looks into their own list. */
const LOOKED_AT_MAX = 500;
/** Who has no place yet may get one. */
const EVERY_MS = 3_000;

function Place({ couponId, userId }: { readonly couponId: string; readonly userId: string }) {
  const { mine } = useWordsOf(raceWords);
  const language = useLanguage();
  const api = useMemo(() => session.client(language), [language]);
  const { data, error, refresh } = useFresh(
    ['my place', couponId, userId],
    /** @returns 0 where there is none, null where it was not looked for to the end */
    async (signal) => {
      let looked = 0;
      for await (const held of api.coupons.mine({ status: 'ALL', limit: 100 }, { signal })) {
        if (held.couponId === couponId) return held.sequence;
        if ((looked += 1) === LOOKED_AT_MAX) return null;
      }
      return 0;
    },
    { everyMs: (place) => (place ? undefined : EVERY_MS) },
  );
  if (error !== null) return <Problem error={error} onRetry={refresh} />;
  return (
    <p className={css[data === null ? 'note' : 'place']} role="status">
      {data === undefined
        ? ' '
        : data === null
          ? mine.tooMany(countOf(LOOKED_AT_MAX, language))
          : data > 0
            ? mine.place(countOf(data, language))
            : mine.none}
    </p>
  );
}

/** For those who took part: their own place, asked for only if they want to know it, and shown to nobody else. */
export function MyPlace({ couponId }: { readonly couponId: string }) {
  const { mine } = useWordsOf(raceWords);
  const visitor = useVisitor();
  const [isAsked, ask] = useState(false);
  const { state } = visitor;
  const begin = () => {
    ask(true);
    if (state !== 'in') void session.start();
  };
  const end = () => {
    ask(false);
    void session.logOut();
  };
  return (
    <Panel title={mine.title}>
      {isAsked && state === 'in' ? (
        <>
          <Place couponId={couponId} userId={visitor.account.userId} />
          <Button onClick={end}>{mine.done}</Button>
        </>
      ) : (
        <>
          <Button onClick={begin} disabled={isAsked && state === 'starting'}>
            {mine.ask}
          </Button>
          <p className={css['note']}>{mine.why}</p>
        </>
      )}
      {visitor.state === 'away' && <Away visitor={visitor} />}
      <Dialog
        isOpen={isAsked && (state === 'out' || state === 'ended')}
        title={mine.ask}
        onClose={() => ask(false)}
      >
        <Login note={mine.why} />
      </Dialog>
    </Panel>
  );
}
