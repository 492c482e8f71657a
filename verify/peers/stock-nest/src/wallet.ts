import { Controller, UseInterceptors, type DynamicModule } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import {
  Check,
  Column,
  CreateDateColumn,
  DataSource,
  Entity,
  PrimaryColumn,
  PrimaryGeneratedColumn,
} from 'typeorm';
import { DatabaseModule, MONEY } from './database.js';
import type { Settings } from './settings.js';
import { AckInterceptor, refusal } from './transport.js';

@Entity('wallets')
@Check('balance >= 0')
export class Wallet {
  @PrimaryColumn('uuid')
  userId!: string;
  @Column(MONEY)
  balance!: number;
}

type TransactionType = 'CHARGE' | 'PAYMENT' | 'REFUND';

@Entity('wallet_transactions')
export class WalletTransaction {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  transactionId!: string;
  @Column('uuid')
  userId!: string;
  @Column('text')
  type!: TransactionType;
  /** Below 0 where it leaves the wallet. */
  @Column(MONEY)
  amount!: number;
  @Column('uuid', { nullable: true })
  orderId!: string | null;
  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}

export interface Movement {
  readonly userId: string;
  readonly orderId: string;
  readonly amount: number;
}

export interface WalletBooks {
  readonly balances: number;
  readonly charged: number;
  /** Payments less refunds. */
  readonly paid: number;
}

@Controller()
@UseInterceptors(AckInterceptor)
export class WalletController {
  constructor(private readonly dataSource: DataSource) {}

  @MessagePattern('charge_wallet')
  async charge(@Payload() { userId, amount }: Omit<Movement, 'orderId'>): Promise<{ balance: number }> {
    return await this.dataSource.transaction(async (manager) => {
      await manager
        .createQueryBuilder()
        .insert()
        .into(Wallet)
        .values({ userId, balance: 0 })
        .orIgnore()
        .execute();
      const { balance } = await manager.findOneOrFail(Wallet, {
        where: { userId },
        lock: { mode: 'pessimistic_write' },
      });
      await manager.increment(Wallet, { userId }, 'balance', amount);
      await manager.insert(WalletTransaction, { userId, type: 'CHARGE', amount, orderId: null });
      return { balance: balance + amount };
    });
  }

  @MessagePattern('debit_wallet')
  async debit(@Payload() { userId, orderId, amount }: Movement): Promise<{ balance: number }> {
    return await this.dataSource.transaction(async (manager) => {
      const wallet = await manager.findOne(Wallet, {
        where: { userId },
        lock: { mode: 'pessimistic_write' },
      });
      const balance = wallet?.balance ?? 0;
      if (balance < amount) throw refusal('INSUFFICIENT_BALANCE');
      await manager.decrement(Wallet, { userId }, 'balance', amount);
      await manager.insert(WalletTransaction, { userId, type: 'PAYMENT', amount: -amount, orderId });
      return { balance: balance - amount };
    });
  }

  @MessagePattern('refund_wallet')
  async refund(@Payload() { userId, orderId, amount }: Movement): Promise<boolean> {
    return await this.dataSource.transaction(async (manager) => {
      await manager.increment(Wallet, { userId }, 'balance', amount);
      await manager.insert(WalletTransaction, { userId, type: 'REFUND', amount, orderId });
      return true;
    });
  }

  @MessagePattern('wallet_books')
  async books(): Promise<WalletBooks> {
    const wallets = this.dataSource.getRepository(Wallet).createQueryBuilder('wallet');
    const transactions = this.dataSource.getRepository(WalletTransaction).createQueryBuilder('entry');
    const held = await wallets.select('sum(wallet.balance)', 'sum').getRawOne<{ sum: string | null }>();
    const moved = await transactions
      .select("sum(entry.amount) FILTER (WHERE entry.type = 'CHARGE')", 'charged')
      .addSelect("-sum(entry.amount) FILTER (WHERE entry.type <> 'CHARGE')", 'paid')
      .getRawOne<{ charged: string | null; paid: string | null }>();
    return { balances: Number(held?.sum), charged: Number(moved?.charged), paid: Number(moved?.paid) };
  }
}

export function walletModule(settings: Settings): DynamicModule {
  return {
    module: class WalletModule {},
    imports: [DatabaseModule.of(settings, [Wallet, WalletTransaction])],
    controllers: [WalletController],
  };
}
