import { Braces, Keyboard, LogOut, Menu as MenuIcon, Search, Clock, X } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { session, useAccount } from '../api/index.js';
import { useAddress } from '../ui/address.js';
import { Button } from '../ui/Button.js';
import { classes } from '../ui/classes.js';
import { zoneOf } from '../ui/format.js';
import { useNow } from '../ui/now.js';
import { useKeys } from '../ui/use-keys.js';
import { useWords } from '../words/index.js';
import { Find } from './Find.js';
import css from './Frame.module.css';
import { KeysHelp } from './KeysHelp.js';
import { useLiveShop } from './live-shop.js';
import { RAIL } from './pages.js';
import { LanguageMenu, ThemeButton } from './Preferences.js';
import { useSettings } from './settings.js';

function Rail({ onGo }: { readonly onGo: () => void }) {
  const words = useWords();
  const [path] = useLocation();
  return (
    <nav className={css['nav']} aria-label={words.frame.navigation}>
      <ul>
        {RAIL.map(({ id, path: to, icon: Icon }) => {
          const isHere = to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`);
          return (
            <li key={id}>
              <Link
                href={to}
                onClick={onGo}
                className={classes(css['link'], isHere && css['here'])}
                {...(isHere ? { 'aria-current': 'page' } : {})}
                title={words.pages[id]}
              >
                <Icon aria-hidden />
                <span>{words.pages[id]}</span>
              </Link>
            </li>
          );
        })}
        <li>
          <a href="/docs" className={css['link']} title={words.pages.api}>
            <Braces aria-hidden />
            <span>{words.pages.api}</span>
          </a>
        </li>
      </ul>
    </nav>
  );
}

const SERVICES = ['gateway', 'order', 'catalog', 'coupon', 'wallet', 'ranking'] as const;

function ServiceDots() {
  const words = useWords();
  const services = useLiveShop().now?.services;
  return (
    <ul className={css['services']} aria-label={words.frame.services}>
      {SERVICES.map((name) => {
        const told = services?.find(({ service }) => service === name);
        const state = told === undefined ? 'unknown' : told.isAnswering ? 'answers' : 'silent';
        const title = [words.services[name], words.frame[state], told?.reason].filter(Boolean).join(' · ');
        return (
          <li key={name} data-state={state} title={title}>
            <span className={css['dot']} aria-hidden />
            <span className={css['name']}>{words.services[name]}</span>
            <span className={css['state']}>{words.frame[state]}</span>
          </li>
        );
      })}
    </ul>
  );
}

/** Of which zone all clocks of the console are, and the switch to the other one. */
function ZoneButton() {
  const { frame } = useWords();
  const [{ zone }, change] = useSettings();
  const title = `${frame.times}: ${frame.zones[zone]}`;
  return (
    <Button
      kind="quiet"
      className={css['zone']}
      icon={<Clock aria-hidden />}
      title={title}
      onClick={() => change({ zone: zone === 'local' ? 'utc' : 'local' })}
    >
      <span className={css['state']}>{title} </span>
      {zoneOf(new Date(useNow()), zone)}
    </Button>
  );
}

function Preferences({ onKeys }: { readonly onKeys: () => void }) {
  const { frame } = useWords();
  const account = useAccount();
  return (
    <div className={css['preferences']}>
      <ThemeButton />
      <LanguageMenu />
      <Button
        kind="quiet"
        icon={<Keyboard aria-hidden />}
        aria-label={frame.keys}
        title={frame.keys}
        onClick={onKeys}
      />
      <Button
        kind="quiet"
        icon={<LogOut aria-hidden />}
        aria-label={`${frame.logOut}: ${account.email}`}
        title={`${frame.logOut}: ${account.email}`}
        onClick={() => void session.logOut()}
      />
    </div>
  );
}

/** What is around all pages: the rail at the left, the find, and the shortcuts that work everywhere. */
export function Frame({ children }: { readonly children: ReactNode }) {
  const words = useWords();
  const account = useAccount();
  const [, navigate] = useLocation();
  const [{ wall }, change] = useAddress();
  const [isMenuOpen, openMenu] = useState(false);
  const [isFinding, find] = useState(false);
  const [isHelping, help] = useState(false);
  useKeys({
    '/': () => find(true),
    'Mod k': () => find(true),
    '?': () => help(true),
    ...Object.fromEntries(RAIL.map(({ letter, path }) => [`g ${letter}`, () => navigate(path)])),
    // On a wall there is a page and nothing around it.
    ...(wall === '1' ? { Escape: () => change({ wall: undefined }) } : {}),
  });
  return (
    <div className={css['frame']} data-wall={wall === '1'}>
      <a href="#content" className={css['skip']}>
        {words.frame.skip}
      </a>
      <header className={css['rail']} data-open={isMenuOpen}>
        <div className={css['top']}>
          <Link href="/" className={css['shop']}>
            <img src={new URL('../theme/icon.svg', import.meta.url).href} alt="" width="24" height="24" />
            <span>{words.shop}</span>
          </Link>
          <Button
            kind="quiet"
            className={css['find']}
            icon={<Search aria-hidden />}
            aria-label={words.find.label}
            title={`${words.find.label} ( / )`}
            onClick={() => find(true)}
          />
          <Button
            kind="quiet"
            className={css['menu']}
            aria-expanded={isMenuOpen}
            aria-label={words.frame.menu}
            icon={isMenuOpen ? <X aria-hidden /> : <MenuIcon aria-hidden />}
            onClick={() => openMenu(!isMenuOpen)}
          />
        </div>
        <Rail onGo={() => openMenu(false)} />
        <div className={css['foot']}>
          <ServiceDots />
          <ZoneButton />
          <p className={css['who']} title={account.email}>
            {`${account.name} · ${account.role}`}
          </p>
          <Preferences onKeys={() => help(true)} />
        </div>
      </header>
      <main id="content" tabIndex={-1} className={css['content']}>
        {children}
      </main>
      {isFinding && <Find onClose={() => find(false)} />}
      <KeysHelp isOpen={isHelping} onClose={() => help(false)} />
    </div>
  );
}
