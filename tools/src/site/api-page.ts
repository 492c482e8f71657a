import { fieldsOf, listOf, said, type JsonObject } from '../schema-comparison.js';
import type { SiteLanguage } from './pages.js';

/** The folder of the reference, in which each call is shown with all that it takes and answers. */
export const REFERENCE = 'reference';

const WORDS = {
  en: {
    title: 'The API, call by call',
    about:
      'Each call leads to the reference with its parameters, bodies and answers; the same stands in [openapi.json](openapi.json), and at `/docs` of a running shop, where it can be tried.',
    columns: '| call | what it does | for | id |',
    anyone: 'anyone',
  },
  ko: {
    title: 'API 목록',
    about:
      '호출을 누르면 매개변수, 본문, 응답이 모두 나오는 레퍼런스로 갑니다. 같은 내용이 [openapi.json](openapi.json)에 있고, 실행 중인 가게의 `/docs`에서는 직접 불러 볼 수 있습니다. 설명은 영어입니다.',
    columns: '| 호출 | 하는 일 | 누가 | id |',
    anyone: '누구나',
  },
} as const;

/** Lowest first: whoever may do what a role may. */
const roleOf = (operation: JsonObject): string | undefined => {
  const [lowest] = listOf(operation['x-roles']);
  return lowest === undefined ? undefined : said(lowest);
};

/** The page that lists the calls of the API's document, by their subjects. */
export function apiPage(document: JsonObject, language: SiteLanguage): string {
  const words = WORDS[language];
  const reference = `${language === 'en' ? './' : '../'}${REFERENCE}/index.html`;
  const calls = Object.entries(fieldsOf(document.paths)).flatMap(([path, methods]) =>
    Object.entries(fieldsOf(methods)).map(([method, value]) => ({
      call: `${method.toUpperCase()} ${path}`,
      ...fieldsOf(value),
    })),
  ) as (JsonObject & { readonly call: string })[];
  const sections = listOf(document.tags).map((value) => {
    const tag = said(fieldsOf(value).name);
    const rows = calls
      .filter(({ tags }) => listOf(tags).includes(tag))
      .map((operation) => {
        const id = said(operation.operationId);
        const address = `${reference}#/${tag}/${id}`;
        const link = `<a href="${address}" target="_self"><code>${operation.call}</code></a>`;
        return `| ${link} | ${said(operation.summary)} | ${roleOf(operation) ?? words.anyone} | \`${id}\` |`;
      });
    return [
      `## ${tag}`,
      said(fieldsOf(value).description),
      [words.columns, '|---|---|---|---|', ...rows].join('\n'),
    ].join('\n\n');
  });
  return `# ${words.title}\n\n${words.about}\n\n${sections.join('\n\n')}\n`;
}
