import 'reflect-metadata';
import { routesOfApi } from './gateway.module.js';

const routes = routesOfApi().map(({ method, paths: [path], status, operation: { id, asks = [] } }) => {
  return { id, method, path, status, asks: asks.map(({ type }) => type) };
});

process.stdout.write(JSON.stringify(routes));
