import { copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '@jangteo/infra';
import { runAll } from './tooling.js';

type Command = readonly [string, ...string[]];

/** One folder to work in: the document as `openapi.json`, the generator, and below `client` what it makes. */
export interface Workplace {
  readonly dir: string;
  readonly generator: string;
}

/** A language in which a client is generated, compiled and used. */
export interface Language {
  readonly name: string;
  /** Generates and compiles the client with the walk. */
  prepare(workplace: Workplace): Promise<void>;
  /** Takes the walk; `SHOP_URL`, `PRODUCT_ID` and `OPERATOR_TOKEN` are in its environment. */
  walk(workplace: Workplace): { readonly command: Command; readonly cwd: string };
}

const walks = join(projectRoot(), 'tools', 'clients');

const generate = ({ generator }: Workplace, kind: string, ...more: string[]): Command => [
  'java',
  '-jar',
  generator,
  'generate',
  '-i',
  'openapi.json',
  '-g',
  kind,
  '-o',
  'client',
  ...more,
];

const go: Language = {
  name: 'Go',
  async prepare(workplace) {
    const { dir } = workplace;
    const names = '--additional-properties=packageName=jangteo';
    await runAll([generate(workplace, 'go', names)], dir);
    const client = join(dir, 'client');
    await mkdir(join(client, 'walk'));
    await copyFile(join(walks, 'go', 'main.go'), join(client, 'walk', 'main.go'));
    const programs: Command[] = [
      ['go', 'mod', 'edit', '-module', 'example.com/jangteo'],
      ['go', 'mod', 'tidy', '-e'],
      ['go', 'build', '-p', '1', '-o', 'walked', './walk'],
    ];
    await runAll(programs, client);
  },
  walk: ({ dir }) => ({ command: ['./walked'], cwd: join(dir, 'client') }),
};

const java: Language = {
  name: 'Java',
  async prepare(workplace) {
    const { dir } = workplace;
    await runAll([generate(workplace, 'java')], dir);
    const client = join(dir, 'client');
    await copyFile(join(walks, 'java', 'Walk.java'), join(client, 'src/main/java/Walk.java'));
    const programs: Command[] = [
      ['mvn', '-q', '-B', 'compile'],
      ['mvn', '-q', '-B', 'dependency:build-classpath', '-Dmdep.outputFile=classpath'],
    ];
    await runAll(programs, client);
    const classes = await readFile(join(client, 'classpath'), 'utf8');
    await writeFile(join(client, 'arguments'), `-cp\n"target/classes:${classes.trim()}"\nWalk\n`);
  },
  walk: ({ dir }) => ({ command: ['java', '@arguments'], cwd: join(dir, 'client') }),
};

const python: Language = {
  name: 'Python',
  async prepare(workplace) {
    const { dir } = workplace;
    const names = '--additional-properties=packageName=jangteo';
    const programs: Command[] = [
      generate(workplace, 'python', names),
      ['python3', '-m', 'venv', 'environment'],
      ['environment/bin/pip', 'install', '--quiet', '--disable-pip-version-check', './client'],
    ];
    await runAll(programs, dir);
  },
  walk: ({ dir }) => ({ command: ['environment/bin/python', join(walks, 'python', 'walk.py')], cwd: dir }),
};

const typescript: Language = {
  name: 'TypeScript',
  async prepare(workplace) {
    const { dir } = workplace;
    await runAll(
      [generate(workplace, 'typescript-fetch', '--additional-properties=importFileExtension=.js')],
      dir,
    );
    await mkdir(join(dir, 'walk'));
    await cp(join(dir, 'client', 'src'), join(dir, 'walk', 'client'), { recursive: true }).catch(
      async () => await cp(join(dir, 'client'), join(dir, 'walk', 'client'), { recursive: true }),
    );
    await copyFile(join(walks, 'typescript', 'walk.txt'), join(dir, 'walk', 'walk.ts'));
    const compilerOptions = {
      strict: true,
      target: 'es2024',
      module: 'nodenext',
      lib: ['es2024', 'dom'],
      types: ['node'],
      rootDir: 'walk',
      outDir: 'built',
    };
    await writeFile(join(dir, 'package.json'), JSON.stringify({ type: 'module' }));
    await writeFile(join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['walk'] }));
    const compiler = join(projectRoot(), 'node_modules', 'typescript', 'bin', 'tsc');
    await runAll([[process.execPath, compiler, '-p', '.']], dir);
  },
  walk: ({ dir }) => ({ command: [process.execPath, 'built/walk.js'], cwd: dir }),
};

const rust: Language = {
  name: 'Rust',
  async prepare(workplace) {
    const { dir } = workplace;
    const names = '--additional-properties=packageName=jangteo,library=reqwest';
    await runAll([generate(workplace, 'rust', names)], dir);
    await mkdir(join(dir, 'walk', 'src'), { recursive: true });
    await copyFile(join(walks, 'rust', 'main.rs'), join(dir, 'walk', 'src', 'main.rs'));
    await copyFile(join(walks, 'rust', 'Walk.toml'), join(dir, 'walk', 'Cargo.toml'));
    await runAll([['cargo', 'build', '--quiet', '--jobs', '1']], join(dir, 'walk'));
  },
  walk: ({ dir }) => ({ command: ['target/debug/walk'], cwd: join(dir, 'walk') }),
};

export const LANGUAGES: readonly Language[] = [go, java, python, typescript, rust];
