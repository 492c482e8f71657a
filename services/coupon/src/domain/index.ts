export { decideChanges, decideCreations, decideTerms } from './campaign.js';
export { couponAnswer, couponOf, obstacleToIssue, type Coupon } from './coupon.js';
export { decideIssues, type IssueState } from './issue.js';
export {
  decideReleases,
  decideUses,
  lookAt,
  type Redemption,
  type Release,
  type UsableCoupon,
} from './redemption.js';
export { decideTakingBack, type HeldCoupon } from './take-back.js';
