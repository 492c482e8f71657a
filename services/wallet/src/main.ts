import { readConfig, runMain, startService } from '@jangteo/service';
import { walletEnv } from './wallet.config.js';
import { walletModule } from './wallet.module.js';

await runMain(async () => {
  const config = readConfig(walletEnv);
  await startService({ config, module: walletModule(config) });
});
