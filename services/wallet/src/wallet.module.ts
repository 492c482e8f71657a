import type { DynamicModule } from '@nestjs/common';
import { ServiceModule } from '@jangteo/service';
import type { WalletConfig } from './wallet.config.js';
import { WalletConsumer } from './wallet.consumer.js';
import { WalletHandler } from './wallet.handler.js';

export function walletModule(config: WalletConfig): DynamicModule {
  return ServiceModule.of({
    service: 'wallet',
    config,
    controllers: [WalletConsumer],
    providers: [WalletHandler],
  });
}
