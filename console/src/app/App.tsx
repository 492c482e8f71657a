import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import {
  Component,
  Suspense,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from 'react';
import { Route, Router, Switch, useLocation } from 'wouter';
import { ApiContext, session, useVisitor } from '../api/index.js';
import { mayAs } from '../api/session.js';
import { Button } from '../ui/Button.js';
import { Dialog } from '../ui/Dialog.js';
import { Empty } from '../ui/Empty.js';
import { switchKeys } from '../ui/keys.js';
import { Page } from '../ui/Page.js';
import { Problem } from '../ui/Problem.js';
import { Skeleton, useIsLong } from '../ui/Skeleton.js';
import { useLanguage, useWords } from '../words/index.js';
import { Frame } from './Frame.js';
import { LiveShopProvider } from './live-shop.js';
import { Away, Login, LoginPage, Outside } from './Login.js';
import { again, isLeaving, onLeaving } from './newer-build.js';
import { INNER, PUBLIC, RAIL } from './pages.js';
import { SettingsProvider, useSettings } from './settings.js';

/** The client repeats what may be repeated; and who looks knows better than a browser whether there is a network. */
const QUERIES = { retry: false, networkMode: 'always', refetchOnWindowFocus: false } as const;

function NotFound() {
  const { frame } = useWords();
  return (
    <Page title={frame.notFound}>
      <Empty why={frame.notFoundWhy} />
    </Page>
  );
}

function Broken(problem: { readonly error: unknown; readonly onRetry: () => void }) {
  const { errors } = useWords();
  if (useSyncExternalStore(onLeaving, isLeaving)) return <Skeleton lines={8} />;
  return (
    <Page title={errors.broken}>
      <Problem {...problem} />
    </Page>
  );
}

/** A page that cannot be drawn takes the others along no more than a service that is away. */
class Boundary extends Component<
  { readonly place: string; readonly children: ReactNode },
  { error?: unknown }
> {
  override state: { error?: unknown } = {};
  static getDerivedStateFromError(error: unknown) {
    return { error };
  }
  override componentDidUpdate({ place }: { readonly place: string }) {
    if (place !== this.props.place && this.state.error !== undefined) this.setState({ error: undefined });
  }
  override render() {
    if (this.state.error === undefined) return this.props.children;
    const draw = () => this.setState({ error: undefined });
    return <Broken error={this.state.error} onRetry={() => again(draw)} />;
  }
}

/** One of the pages, by the address. @param otherwise what there is at all other addresses */
function Pages({ pages, otherwise }: { readonly pages: typeof INNER; readonly otherwise: ReactNode }) {
  const [place] = useLocation();
  return (
    <Boundary place={place}>
      <Suspense fallback={<Skeleton lines={8} />}>
        <Switch>
          {pages.map(({ path, screen: Screen }) => (
            <Route key={path} path={path}>
              {/* What was asked, done and heard of one thing is never another's. */}
              {(params) => <Screen key={JSON.stringify(params)} />}
            </Route>
          ))}
          <Route>{otherwise}</Route>
        </Switch>
      </Suspense>
    </Boundary>
  );
}

/** Until it is known whether somebody is logged in; mostly that is at once. */
function Starting() {
  const { shop, login } = useWords();
  if (!useIsLong()) return null;
  return (
    <Outside title={shop}>
      <p role="status">{login.asking}</p>
    </Outside>
  );
}

function Shop() {
  const words = useWords();
  const visitor = useVisitor();
  const language = useLanguage();
  const api = useMemo(() => session.client(language), [language]);
  useEffect(() => {
    void session.start();
  }, []);
  if (visitor.state === 'starting') return <Starting />;
  if (visitor.state === 'away') {
    return (
      <Outside title={words.shop}>
        <Away visitor={visitor} />
      </Outside>
    );
  }
  if (visitor.state === 'out') return <LoginPage note={visitor.isLinkOld ? words.login.link : undefined} />;
  if (!mayAs(visitor.account.role, 'viewer')) {
    return (
      <main>
        <h1>{words.login.title}</h1>
        <Empty
          why={words.login.refused}
          action={<Button onClick={() => void session.logOut()}>{words.frame.logOut}</Button>}
        />
      </main>
    );
  }
  return (
    <ApiContext value={api}>
      <LiveShopProvider>
        <Frame>
          <Pages pages={[...INNER, ...RAIL]} otherwise={<NotFound />} />
        </Frame>
      </LiveShopProvider>
      <Dialog isOpen={visitor.state === 'ended'} title={words.login.title}>
        <Login note={words.login.again} email={visitor.account.email} />
      </Dialog>
    </ApiContext>
  );
}

function Keys() {
  const [{ keys }] = useSettings();
  useEffect(() => switchKeys(keys), [keys]);
  return null;
}

export function App() {
  const [queries] = useState(() => new QueryClient({ defaultOptions: { queries: QUERIES } }));
  return (
    <QueryClientProvider client={queries}>
      <SettingsProvider>
        <Keys />
        <Router base="/console">
          <Pages pages={PUBLIC} otherwise={<Shop />} />
        </Router>
      </SettingsProvider>
    </QueryClientProvider>
  );
}
