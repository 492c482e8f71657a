import { readConfig, runMain, startService } from '@jangteo/service';
import { orderEnv } from './order.config.js';
import { orderModule } from './order.module.js';

await runMain(async () => {
  const config = readConfig(orderEnv);
  await startService({ config, module: orderModule(config) });
});
