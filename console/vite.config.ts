import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

const SITE = join(import.meta.dirname, 'dist', 'site');

/** Puts compressed files beside the others, for whoever takes them. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    closeBundle() {
      for (const file of readdirSync(SITE, { recursive: true, encoding: 'utf8' })) {
        if (!/\.(css|html|js|svg)$/.test(file)) continue;
        const path = join(SITE, file);
        const bytes = readFileSync(path);
        writeFileSync(`${path}.br`, brotliCompressSync(bytes));
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  plugins: [compressed()],
  // The sources and their libraries are written for React; what is delivered is Preact, a seventh of its size.
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  resolve: {
    alias: [
      { find: 'react-dom/client', replacement: 'preact/compat/client' },
      { find: /^react(-dom)?$/, replacement: 'preact/compat' },
      { find: /^react\/jsx-(dev-)?runtime$/, replacement: 'preact/jsx-runtime' },
    ],
  },
  build: {
    outDir: SITE,
    emptyOutDir: true,
    manifest: true,
    target: 'es2023',
    // The policy of the page allows no `data:` but pictures, and one request more costs nothing.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          // What most pages share, in one file: small ones are packed worse, and asked for one by one.
          groups: [
            {
              name: 'shared',
              test: /console\/src\/(api|app|theme|ui|words|operations\/commands)\b|lucide-react|preact/,
            },
            {
              name: 'lists',
              test: /console\/src\/screens\/(coupons|customers|log|orders|products|sales|webhooks)\//,
            },
            { name: 'operations', test: /console\/src\/(operations|screens\/(failed|stuck))\// },
            { name: 'race', test: /console\/src\/screens\/race\// },
          ],
        },
      },
      onLog(level, log, tell) {
        // What libraries say to servers of React's.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') tell(level, log);
      },
    },
  },
  // While it is worked on: the API of a shop that `npm start` has started.
  server: {
    proxy: Object.fromEntries(
      ['/auth', '/admin', '/orders', '/products', '/coupons', '/balance', '/cart', '/events'].map((path) => [
        path,
        'http://127.0.0.1:3000',
      ]),
    ),
  },
});
