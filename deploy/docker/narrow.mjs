// Leaves of the project's packages those that a service runs with, and of their dependencies those for production:
// npm would take whatever the test kit and the tools need for production, too.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The console is files by the time that it is served: what it is built with no image has. */
const tooling = ['clients/typescript', 'console', 'libs/infra', 'libs/testkit', 'tools'];
const services = readdirSync('services');
const kept = ['contracts', 'database', 'messaging', 'service', 'tls', 'tracing'].map((lib) => `libs/${lib}`);

function change(path, work) {
  const json = JSON.parse(readFileSync(path, 'utf8'));
  work(json);
  writeFileSync(path, JSON.stringify(json));
}

const workspaces = [...kept, ...services.map((service) => `services/${service}`)];
for (const path of ['.', ...workspaces]) {
  change(join(path, 'package.json'), (json) => delete json.devDependencies);
}
change('package.json', (json) => (json.workspaces = workspaces));
change('package-lock.json', ({ packages }) => {
  packages[''].workspaces = workspaces;
  for (const path of ['', ...workspaces]) delete packages[path].devDependencies;
  for (const path of tooling) {
    delete packages[path];
    delete packages[`node_modules/${JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')).name}`];
    for (const own of Object.keys(packages))
      if (own.startsWith(`${path}/node_modules/`)) delete packages[own];
  }
});
for (const path of tooling) rmSync(path, { recursive: true });
