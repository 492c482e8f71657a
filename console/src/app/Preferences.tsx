import { Languages, Moon } from 'lucide-react';
import { Button } from '../ui/Button.js';
import { Menu } from '../ui/Menu.js';
import { useWords } from '../words/index.js';
import { useSettings } from './settings.js';

export function ThemeButton() {
  const { frame } = useWords();
  const [{ theme }, change] = useSettings();
  const nextTheme = ({ system: 'light', light: 'dark', dark: 'system' } as const)[theme];
  return (
    <Button
      kind="quiet"
      icon={<Moon aria-hidden />}
      aria-label={`${frame.theme}: ${frame.themes[theme]}`}
      title={`${frame.theme}: ${frame.themes[theme]}`}
      onClick={() => change({ theme: nextTheme })}
    />
  );
}

export function LanguageMenu() {
  const { frame } = useWords();
  const [, change] = useSettings();
  return (
    <Menu
      kind="quiet"
      icon={<Languages aria-hidden />}
      aria-label={frame.language}
      title={frame.language}
      items={[
        { label: '한국어', onChoose: () => change({ language: 'ko' }) },
        { label: 'English', onChoose: () => change({ language: 'en' }) },
      ]}
    />
  );
}
