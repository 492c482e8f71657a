export {
  decideReleases,
  decideUses,
  lookAt,
  type Redemption,
  type Release,
  type UsableCoupon,
} from './redemption.js';
