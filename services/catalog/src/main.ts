import { commonEnv, readConfig, runMain, startService } from '@jangteo/service';
import { catalogModule } from './catalog.module.js';

await runMain(async () => {
  const config = readConfig(commonEnv);
  await startService({ config, module: catalogModule(config) });
});
