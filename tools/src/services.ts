import { join } from 'node:path';
import { projectRoot } from './paths.js';

/** The gateway last: it is what the world talks to, so it is the first to stop. */
export const services = ['wallet', 'catalog', 'coupon', 'order', 'ranking', 'gateway'] as const;
export type Service = (typeof services)[number];

/** The compiled program of a service: `main` serves, `migrate` brings its database up to date and ends. */
export function programOf(service: Service, program: 'main' | 'migrate'): string {
  return join(projectRoot, 'services', service, 'dist', 'src', `${program}.js`);
}
