export type { Redemption, Release, UsableCoupon } from './redemption.js';
export { releasing, using } from './steps.js';
