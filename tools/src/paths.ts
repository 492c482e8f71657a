import { join } from 'node:path';
import { projectRoot } from '@jangteo/infra';

/** The folder for what the programs around the product keep between runs: data, logs, secrets. */
export const localDir = process.env.JANGTEO_LOCAL_DIR || join(projectRoot(), '.local');
