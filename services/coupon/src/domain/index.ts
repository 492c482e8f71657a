export { lookAt, type Redemption, type Release, type UsableCoupon } from './redemption.js';
export { releasing, using } from './steps.js';
