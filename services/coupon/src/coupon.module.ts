import type { DynamicModule } from '@nestjs/common';
import { oldOutcomes, ServiceModule } from '@jangteo/service';
import { couponBooks } from './books.queries.js';
import type { CouponConfig } from './coupon.config.js';
import { couponHandlers } from './coupon.handlers.js';

export function couponModule(config: CouponConfig): DynamicModule {
  return ServiceModule.of({
    service: 'coupon',
    config,
    books: couponBooks,
    forgettings: oldOutcomes(config),
    handlers: couponHandlers,
  });
}
