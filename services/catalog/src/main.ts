import { readConfig, runMain, startService } from '@jangteo/service';
import { catalogEnv } from './catalog.config.js';
import { catalogModule } from './catalog.module.js';

await runMain(async () => {
  const config = readConfig(catalogEnv);
  await startService({ config, module: catalogModule(config) });
});
