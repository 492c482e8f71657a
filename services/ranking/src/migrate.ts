import { databaseEnv, migrate } from '@jangteo/database';
import { readConfig, runMain } from '@jangteo/service';
import { migrations } from './migrations/index.js';

await runMain(async () => {
  const { DATABASE_URL } = readConfig({ DATABASE_URL: databaseEnv.DATABASE_URL });
  const ran = await migrate(DATABASE_URL, migrations);
  process.stdout.write(`ranking: ${ran.length} migrations ran\n`);
});
