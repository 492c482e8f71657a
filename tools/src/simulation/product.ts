import * as catalog from '@jangteo/catalog/domain';
import * as coupon from '@jangteo/coupon/domain';
import * as database from '@jangteo/database/domain';
import * as order from '@jangteo/order/domain';
import * as ranking from '@jangteo/ranking/domain';
import * as wallet from '@jangteo/wallet/domain';
import { acknowledgingLast, type Pipeline } from './pipeline.js';

/**
 * Everything that decides, as it is deployed. The simulation calls all of it through here, so that a version
 * with one rule broken can take its place.
 */
export interface Product {
  readonly decideFresh: typeof database.decideFresh;
  readonly catalog: Pick<typeof catalog, 'decideReservations' | 'decideReleases'>;
  readonly coupon: Pick<typeof coupon, 'decideUses' | 'decideReleases'>;
  readonly wallet: Pick<typeof wallet, 'decideDebits' | 'decideRefunds'>;
  readonly order: Pick<typeof order, 'placing' | 'cancelling' | 'apply' | 'overdue' | 'decideSettling'>;
  readonly ranking: Pick<typeof ranking, 'stepsOf' | 'unitsOf'>;
  /** The one part that is the simulation's own: the order of the steps of libs/messaging. */
  readonly pipeline: Pipeline;
}

export const PRODUCT: Product = {
  decideFresh: database.decideFresh,
  catalog,
  coupon,
  wallet,
  order,
  ranking,
  pipeline: acknowledgingLast,
};
