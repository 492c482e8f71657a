/** Fields of a package.json that name packages with their versions. */
const DEPENDENCIES = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'] as const;

interface Manifest extends Partial<Record<(typeof DEPENDENCIES)[number], Record<string, string>>> {
  readonly name?: string;
  version?: string;
}

/** A package.json under another version, with what it needs of our own packages under the same. */
export function withVersion(text: string, version: string): string {
  const manifest = JSON.parse(text) as Manifest;
  if (manifest.version !== undefined) manifest.version = version;
  for (const field of DEPENDENCIES) {
    const needed = manifest[field] ?? {};
    for (const name of Object.keys(needed)) if (name.startsWith('@jangteo/')) needed[name] = version;
  }
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/** The file with what stands between `before` and `after` replaced. @throws Error where it has not exactly one such place */
export function withValue(text: string, before: string, value: string, after: string): string {
  const [start, ...rest] = text.split(before);
  const [first] = rest;
  if (start === undefined || first === undefined || rest.length > 1 || !first.includes(after)) {
    throw new Error(`Not one place of ${JSON.stringify(before)} … ${JSON.stringify(after)}`);
  }
  return `${start}${before}${value}${first.slice(first.indexOf(after))}`;
}

/** The Dockerfiles of our images, each of which has the version in it. */
export const DOCKERFILES = ['Dockerfile', 'deploy/statistics/Dockerfile'] as const;

const LABELS = ['title', 'source', 'version', 'revision', 'licenses'].map(
  (name) => `org.opencontainers.image.${name}`,
);

/** What a Dockerfile lacks for its images to say what they are: OCI labels, and the version as what they have by themselves. */
export function imageProblems(dockerfile: string, version: string): string[] {
  const missing = LABELS.filter((label) => !dockerfile.includes(`${label}=`)).map(
    (label) => `has no label ${label}`,
  );
  return dockerfile.includes(`\nARG VERSION=${version}\n`)
    ? missing
    : [...missing, `has not ARG VERSION=${version}`];
}

/** What the tarball of the client has that nobody needs, or lacks, by the sources that it is made of. */
export function packProblems(packed: readonly string[], sources: readonly string[]): string[] {
  const compiled = sources.flatMap((path) =>
    ['.js', '.d.ts'].map((end) => `dist/${path.replace(/[.]ts$/, end)}`),
  );
  const wanted = ['LICENSE', 'README.md', 'bin/jangteo.mjs', 'package.json', ...compiled];
  return [
    ...wanted.filter((path) => !packed.includes(path)).map((path) => `lacks ${path}`),
    ...packed.filter((path) => !wanted.includes(path)).map((path) => `has ${path}`),
  ];
}
