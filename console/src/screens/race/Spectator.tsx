import { useEffect } from 'react';
import { useParams } from 'wouter';
import { LanguageMenu, ThemeButton } from '../../app/Preferences.js';
import { Empty } from '../../ui/Empty.js';
import { LiveLine } from '../../ui/LiveLine.js';
import { useWords, useWordsOf } from '../../words/index.js';
import { Board } from './Board.js';
import { MyPlace } from './MyPlace.js';
import css from './race.module.css';
import { Share } from './Share.js';
import { useRace } from './use-race.js';
import { words as raceWords } from './words.js';

function PublicRace({ couponId }: { readonly couponId: string }) {
  const { shop } = useWords();
  const { unnamed, unknown, lead } = useWordsOf(raceWords);
  const race = useRace(couponId);
  const name = race.isUnknown ? unknown.title : (race.coupon?.name ?? unnamed);
  useEffect(() => {
    document.title = `${name} · ${shop}`;
  }, [name, shop]);
  return (
    <div className={css['spectator']}>
      <header className={css['top']}>
        <p className={css['shop']}>
          <img src={new URL('../../theme/icon.svg', import.meta.url).href} alt="" width="24" height="24" />
          <span>{`${shop} · ${lead}`}</span>
        </p>
        {!race.isUnknown && <LiveLine {...race.freshness} isStream />}
        <div className={css['preferences']}>
          <ThemeButton />
          <LanguageMenu />
        </div>
      </header>
      <main>
        <h1 className={css['name']} title={name}>
          {name}
        </h1>
        {race.isUnknown ? (
          <Empty why={unknown.why} />
        ) : (
          <Board race={race} mine={<MyPlace couponId={couponId} />} aside={<Share couponId={couponId} />} />
        )}
      </main>
    </div>
  );
}

/** A race as anyone may watch it: without a login, without anything about anybody, on a telephone or a wall. */
export default function Spectator() {
  const { couponId } = useParams<{ couponId: string }>();
  return <PublicRace key={couponId} couponId={couponId} />;
}
