/** What a command of `npm run ops` is in jangteo. */
interface Meaning {
  /** Its name there, where that is another one. */
  readonly name?: readonly string[];
  /** Options that are called otherwise there. */
  readonly options?: ReadonlyMap<string, string>;
  /** How many of a list are shown. */
  readonly limit?: number;
}

/** Of these lists people wait for the end. */
const ALL = 1_000_000;
const FAILED_BY = new Map([['--failed-by', '--reason']]);

const MEANINGS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['list', { name: ['dead-letters', 'list'], options: FAILED_BY, limit: ALL }],
  ['show', { name: ['dead-letters', 'show'] }],
  ['send', { name: ['dead-letters', 'send'], options: FAILED_BY }],
  ['drop', { name: ['dead-letters', 'drop'] }],
  ['sagas', { name: ['sagas', 'list'], limit: ALL }],
  ['nudge', { name: ['sagas', 'nudge'] }],
  [
    'log',
    {
      options: new Map([
        ['--since', '--from'],
        ['--until', '--to'],
      ]),
      limit: 100,
    },
  ],
]);

function renamed(word: string, names: ReadonlyMap<string, string> | undefined): string {
  const [option = '', ...value] = word.split('=');
  const name = names?.get(option);
  return name === undefined ? word : [name, ...value].join('=');
}

/** The words of `npm run ops`, as jangteo takes them; its own names of commands stay as they are. */
export function jangteoWords(args: readonly string[]): string[] {
  const [first = '', ...rest] = args;
  const isFullName = first === 'sagas' && (rest[0] === 'list' || rest[0] === 'nudge');
  const meaning = isFullName ? undefined : MEANINGS.get(first);
  if (meaning === undefined) return [...args];
  const { name = [first], options, limit } = meaning;
  const words = rest.map((word) => renamed(word, options));
  const isLimited = limit === undefined || words.some((word) => /^--limit(=|$)/.test(word));
  return [...name, ...words, ...(isLimited ? [] : ['--limit', String(limit)])];
}
