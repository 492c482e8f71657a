import { CopyButton } from '../../ui/Copy.js';
import { Panel } from '../../ui/Page.js';
import { useWordsOf } from '../../words/index.js';
import { QrCode } from './QrCode.js';
import css from './race.module.css';
import { words as raceWords } from './words.js';

/** Where anyone may watch a race, without what only whoever looks has in the address. */
export const addressOf = (couponId: string): string => `${location.origin}/console/race/${couponId}`;

/** The address of the page for spectators, for telephones and for people. */
export function Share({ couponId }: { readonly couponId: string }) {
  const { share } = useWordsOf(raceWords);
  const address = addressOf(couponId);
  return (
    <Panel title={share.title} actions={<CopyButton text={address} what={share.title} />}>
      <QrCode text={address} label={share.code} />
      <p className={css['address']}>{address}</p>
    </Panel>
  );
}
