import { readConfig, runMain, startService } from '@jangteo/service';
import { rankingEnv } from './ranking.config.js';
import { rankingModule } from './ranking.module.js';

await runMain(async () => {
  const config = readConfig(rankingEnv);
  await startService({ config, module: rankingModule(config) });
});
