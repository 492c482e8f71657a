// Serves what was built, to this machine alone: node serve.mjs <base> <port>
import { preview } from 'vite';

const [base, port] = process.argv.slice(2);
await preview({
  configFile: false,
  root: import.meta.dirname,
  base: base === './' ? '/' : base,
  appType: 'mpa',
  build: { outDir: 'dist' },
  preview: { host: '127.0.0.1', port: Number(port), strictPort: true },
});
