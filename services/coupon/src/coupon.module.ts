import type { DynamicModule } from '@nestjs/common';
import { oldOutcomes, ServiceModule } from '@jangteo/service';
import { couponBooks } from './books.queries.js';
import type { CouponConfig } from './coupon.config.js';
import { CouponConsumer } from './coupon.consumer.js';
import { CouponHandler } from './coupon.handler.js';
import { ListHandler } from './list.handler.js';

export function couponModule(config: CouponConfig): DynamicModule {
  return ServiceModule.of({
    service: 'coupon',
    config,
    books: couponBooks,
    forgettings: oldOutcomes(config),
    controllers: [CouponConsumer],
    providers: [CouponHandler, ListHandler],
  });
}
