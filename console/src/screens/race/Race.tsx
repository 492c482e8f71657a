import { ExternalLink } from 'lucide-react';
import { Link, useParams } from 'wouter';
import { Empty } from '../../ui/Empty.js';
import { LiveLine } from '../../ui/LiveLine.js';
import { Page } from '../../ui/Page.js';
import { useWords, useWordsOf } from '../../words/index.js';
import { Board } from './Board.js';
import css from './race.module.css';
import { addressOf, Share } from './Share.js';
import { useRace } from './use-race.js';
import { words as raceWords } from './words.js';

function CouponRace({ couponId }: { readonly couponId: string }) {
  const { title, coupon, unknown, share } = useWordsOf(raceWords);
  const { pages } = useWords();
  const race = useRace(couponId);
  if (race.isUnknown) {
    return (
      <Page title={unknown.title}>
        <Empty why={unknown.why} action={<Link href="/coupons">{pages.coupons}</Link>} />
      </Page>
    );
  }
  const name = race.coupon?.name;
  return (
    <Page
      title={name === undefined ? title : `${title} · ${name}`}
      live={<LiveLine {...race.freshness} isStream />}
      actions={
        <>
          <Link href={`/coupons/${couponId}`}>{coupon}</Link>
          <a
            href={addressOf(couponId)}
            target="_blank"
            rel="noreferrer"
            className={css['open']}
            title={share.openTitle}
          >
            {share.open}
            <ExternalLink aria-hidden />
          </a>
        </>
      }
    >
      <Board race={race} aside={<Share couponId={couponId} />} />
    </Page>
  );
}

/** The race for a coupon's places, beside the pages of those who run the shop. */
export default function Race() {
  const { couponId } = useParams<{ couponId: string }>();
  return <CouponRace key={couponId} couponId={couponId} />;
}
