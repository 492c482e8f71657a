import type { DynamicModule } from '@nestjs/common';
import { oldOutcomes, ServiceModule } from '@jangteo/service';
import { walletBooks } from './books.queries.js';
import { AdjustmentHandler } from './adjustment.handler.js';
import { ChargeHandler } from './charge.handler.js';
import { PaymentHandler } from './payment.handler.js';
import { PAYMENT_PROVIDER, type PaymentProvider } from './payment.provider.js';
import { PaymentSweeper } from './payment.sweeper.js';
import { SandboxProvider } from './sandbox.provider.js';
import { SettlementHandler } from './settlement.handler.js';
import type { WalletConfig } from './wallet.config.js';
import { walletHandlers } from './wallet.handlers.js';

async function providerOf(config: WalletConfig): Promise<PaymentProvider> {
  if (config.PAYMENT_PROVIDER === 'sandbox') return new SandboxProvider();
  // Loaded only where it is used: it is by far the largest part of a wallet's code.
  const { stripeProviderOf } = await import('./stripe.provider.js');
  return stripeProviderOf(config);
}

export function walletModule(config: WalletConfig): DynamicModule {
  return ServiceModule.of({
    service: 'wallet',
    config,
    books: walletBooks,
    forgettings: oldOutcomes(config),
    handlers: walletHandlers,
    providers: [
      AdjustmentHandler,
      ChargeHandler,
      PaymentHandler,
      PaymentSweeper,
      SettlementHandler,
      { provide: PAYMENT_PROVIDER, useFactory: () => providerOf(config) },
    ],
  });
}
