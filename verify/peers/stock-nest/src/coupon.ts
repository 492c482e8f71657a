import { randomUUID } from 'node:crypto';
import { Controller, HttpStatus, UseInterceptors, type DynamicModule } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { Column, DataSource, Entity, PrimaryColumn } from 'typeorm';
import { DatabaseModule, MONEY } from './database.js';
import type { Settings } from './settings.js';
import { AckInterceptor, refusal } from './transport.js';

/** A coupon that one customer has: good for one order, a fixed amount off. */
@Entity('user_coupons')
export class UserCoupon {
  @PrimaryColumn('uuid')
  userCouponId!: string;
  @Column('uuid')
  userId!: string;
  @Column(MONEY)
  discount!: number;
  @Column('boolean', { default: false })
  isUsed!: boolean;
}

@Controller()
@UseInterceptors(AckInterceptor)
export class CouponController {
  constructor(private readonly dataSource: DataSource) {}

  @MessagePattern('issue_coupon')
  async issue(
    @Payload() { userId, discount }: Pick<UserCoupon, 'userId' | 'discount'>,
  ): Promise<Pick<UserCoupon, 'userCouponId'>> {
    const userCouponId = randomUUID();
    await this.dataSource.getRepository(UserCoupon).insert({ userCouponId, userId, discount });
    return { userCouponId };
  }

  @MessagePattern('use_coupon')
  async use(
    @Payload() { userId, userCouponId }: Pick<UserCoupon, 'userId' | 'userCouponId'>,
  ): Promise<Pick<UserCoupon, 'discount'>> {
    return await this.dataSource.transaction(async (manager) => {
      const coupon = await manager.findOne(UserCoupon, {
        where: { userCouponId, userId },
        lock: { mode: 'pessimistic_write' },
      });
      if (coupon === null) throw refusal('COUPON_NOT_FOUND', HttpStatus.NOT_FOUND);
      if (coupon.isUsed) throw refusal('COUPON_NOT_USABLE');
      await manager.update(UserCoupon, { userCouponId }, { isUsed: true });
      return { discount: coupon.discount };
    });
  }

  @MessagePattern('release_coupon')
  async release(@Payload() { userCouponId }: Pick<UserCoupon, 'userCouponId'>): Promise<boolean> {
    await this.dataSource.getRepository(UserCoupon).update({ userCouponId }, { isUsed: false });
    return true;
  }

  /** The number of coupons that are used up. */
  @MessagePattern('coupon_books')
  async books(): Promise<number> {
    return await this.dataSource.getRepository(UserCoupon).countBy({ isUsed: true });
  }
}

export function couponModule(settings: Settings): DynamicModule {
  return {
    module: class CouponModule {},
    imports: [DatabaseModule.of(settings, [UserCoupon])],
    controllers: [CouponController],
  };
}
