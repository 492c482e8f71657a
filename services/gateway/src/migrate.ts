import { runMigrations } from '@jangteo/service';
import { migrations } from './migrations/index.js';

await runMigrations('gateway', migrations, { admin_log: ['DELETE'] });
