import { runMain, startService } from '@jangteo/service';
import { readWalletConfig } from './wallet.config.js';
import { walletModule } from './wallet.module.js';

await runMain(async () => {
  const config = readWalletConfig();
  await startService({ config, module: walletModule(config) });
});
