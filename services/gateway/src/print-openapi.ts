import 'reflect-metadata';
import { apiDocument } from './gateway.module.js';

process.stdout.write(`${JSON.stringify(apiDocument(), undefined, 2)}\n`);
