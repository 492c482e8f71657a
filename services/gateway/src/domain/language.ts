/** Languages in which problems are told. */
export type Language = 'en' | 'ko';

const QUALITY = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/**
 * Chooses the language that a client likes best of those that there are (RFC 9110, 12.5.4). English where it says
 * nothing that can be read, or likes both alike and English first.
 */
export function languageOf(acceptLanguage: string | undefined): Language {
  if (acceptLanguage === undefined) return 'en';
  let best: Language = 'en';
  let bestQuality = 0;
  for (const range of acceptLanguage.split(',')) {
    const [tag = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const [primary] = tag.split('-');
    const [, quality = parameters.length === 0 ? '1' : '0'] = QUALITY.exec(parameters[0] ?? '') ?? [];
    const isBetter = Number(quality) > bestQuality;
    if (!isBetter || (primary !== 'ko' && primary !== 'en' && primary !== '*')) continue;
    best = primary === 'ko' ? 'ko' : 'en';
    bestQuality = Number(quality);
  }
  return best;
}
