// Puts together what the images hold of ours: /image/common for all of them, /image/<service> for one alone.
// What only tests and compilers read stays behind.
import { chmodSync, cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { serviceEnvironment, serviceFlags } from '../../libs/infra/dist/src/project.js';

const [target] = process.argv.slice(2);
const unused = /[.](spec[.]js|d[.]ts|map)$/;

function copyPackage(path, into) {
  cpSync(join(path, 'package.json'), join(into, path, 'package.json'));
  cpSync(join(path, 'dist', 'src'), join(into, path, 'dist', 'src'), {
    recursive: true,
    filter: (file) => !unused.test(basename(file)),
  });
}

/** As arguments of `env`; what is set from outside has the last word. */
const variablesOf = (service) =>
  Object.entries(serviceEnvironment(service))
    .map(([name, value]) => `"${name}=\${${name}:-${value}}"`)
    .join(' ');

/** Becomes Node itself, so that signals reach the service: `start main`, `start migrate`. */
const startScript = (service) => `#!/bin/sh
set -eu
program=$1
shift
exec env ${variablesOf(service)} node ${serviceFlags(service).join(' ')} "services/${service}/dist/src/$program.js" "$@"
`;

/** The files that the gateway serves to browsers, where it looks for them. */
const site = join('console', 'dist', 'site');

const common = join(target, 'common');
for (const lib of ['contracts', 'messaging', 'database', 'service', 'tls', 'tracing'])
  copyPackage(join('libs', lib), common);
cpSync('deploy/docker/health-check.mjs', join(common, 'health-check.mjs'));
// Of the programs around the product only the one that makes the services' users on a broker.
for (const file of ['broker-users.js', 'broker-urls.js', 'import-broker-users.js']) {
  cpSync(join('libs/infra/dist/src', file), join(common, 'libs/infra/dist/src', file));
}
cpSync('libs/infra/package.json', join(common, 'libs/infra/package.json'));

for (const service of readdirSync('services')) {
  const own = join(target, service);
  mkdirSync(own, { recursive: true });
  copyPackage(join('services', service), own);
  writeFileSync(join(own, 'start'), startScript(service));
  chmodSync(join(own, 'start'), 0o755);
}
cpSync(site, join(target, 'gateway', site), { recursive: true });
