import { createRequire } from 'node:module';

/** Files of Swagger UI that the page needs, and their content types. */
export const REFERENCE_FILES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

const { resolve } = createRequire(import.meta.url);

/** The path of one of {@link REFERENCE_FILES}. */
export const referenceFile = (name: string): string => resolve(`swagger-ui-dist/${name}`);

/** Nothing that the page shows or does comes from elsewhere. */
export const REFERENCE_POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'";

export interface ReferencePlace {
  /** The address of the folder of its files, with a slash at its end, or nothing for the page's own. */
  readonly folder: string;
  /** Files there that run in this order once Swagger UI is there. */
  readonly scripts: readonly string[];
  /** Lines for the head. */
  readonly head?: readonly string[];
}

/** A page to read the API's document, wherever it is. */
export function referencePage({ folder, scripts, head = [] }: ReferencePlace): string {
  const run = ['swagger-ui-bundle.js', ...scripts].map((name) => `<script src="${folder}${name}"></script>`);
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">${head.map((line) => `\n    ${line}`).join('')}
    <title>Jangteo API</title>
    <link rel="icon" href="${folder}favicon-32x32.png">
    <link rel="stylesheet" href="${folder}swagger-ui.css">
  </head>
  <body>
    <div id="page"></div>
    ${run.join('\n    ')}
  </body>
</html>
`;
}

/** The page's script. @param options of Swagger UI besides, each as a property in JavaScript */
export const referenceScript = (options: readonly string[]): string => `SwaggerUIBundle({
  dom_id: '#page',
  deepLinking: true,
  validatorUrl: null,
  ${options.join(',\n  ')},
});
`;
