import { Controller } from '@nestjs/common';
import {
  changeCoupon,
  createCoupon,
  issueCoupon,
  listCoupons,
  listUserCoupons,
  lookAtCoupons,
  releaseCoupon,
  useCoupon,
} from '@jangteo/contracts';
import { Handle, payloadsOf, type Batch } from '@jangteo/messaging';
import { CouponHandler } from './coupon.handler.js';
import { ListHandler } from './list.handler.js';

/** A page of 100 coupons with long names is 130 KB, and those of a batch are held at a time. */
const PAGES_AT_ONCE = 50;

/** What the coupon service answers. */
@Controller()
export class CouponConsumer {
  constructor(
    private readonly coupons: CouponHandler,
    private readonly lists: ListHandler,
  ) {}

  @Handle(createCoupon)
  create(batch: Batch<typeof createCoupon>) {
    return this.coupons.create(payloadsOf(batch));
  }

  @Handle(changeCoupon)
  change(batch: Batch<typeof changeCoupon>) {
    return this.coupons.change(payloadsOf(batch));
  }

  @Handle(issueCoupon)
  issue(batch: Batch<typeof issueCoupon>) {
    return this.coupons.issue(payloadsOf(batch));
  }

  @Handle(useCoupon)
  use(batch: Batch<typeof useCoupon>) {
    return this.coupons.use(payloadsOf(batch));
  }

  @Handle(lookAtCoupons)
  look(batch: Batch<typeof lookAtCoupons>) {
    return this.coupons.look(payloadsOf(batch));
  }

  @Handle(releaseCoupon)
  release(batch: Batch<typeof releaseCoupon>) {
    return this.coupons.release(payloadsOf(batch));
  }

  @Handle(listCoupons, { batchSizeMax: PAGES_AT_ONCE })
  list(batch: Batch<typeof listCoupons>) {
    return this.lists.issuable(payloadsOf(batch));
  }

  @Handle(listUserCoupons, { batchSizeMax: PAGES_AT_ONCE })
  listOfUser(batch: Batch<typeof listUserCoupons>) {
    return this.lists.ofUsers(payloadsOf(batch));
  }
}
