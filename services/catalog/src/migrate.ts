import { runMigrations } from '@jangteo/service';
import { migrations } from './migrations/index.js';

await runMigrations('catalog', migrations);
