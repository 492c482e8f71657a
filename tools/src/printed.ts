import { CLIENT_TYPES } from './client-types.js';
import { CONFIGURATION_PAGE } from './configuration-page.js';
import { DIAGRAM_PAGES } from './diagrams/pages.js';
import { ENV_EXAMPLE } from './env-example.js';
import { PERMISSIONS_PAGE } from './permissions-page.js';
import type { PrintedPage } from './printed-page.js';
import { PROMISES_TABLE } from './promises-table.js';
import { SIZE_PAGE } from './size-page.js';

/** Pages that are exactly what the code says. */
export const EXACT_PAGES: readonly PrintedPage[] = [
  PERMISSIONS_PAGE,
  PROMISES_TABLE,
  CONFIGURATION_PAGE,
  ENV_EXAMPLE,
  ...DIAGRAM_PAGES,
  CLIENT_TYPES,
];

/** All that `npm run docs` prints beside the documents. */
export const PRINTED: readonly PrintedPage[] = [...EXACT_PAGES, SIZE_PAGE];
