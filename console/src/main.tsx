import { createRoot } from 'react-dom/client';
import { App } from './app/App.js';
import { followNewerBuilds } from './app/newer-build.js';
import './theme/tokens.css';

followNewerBuilds(import.meta.url);
createRoot(document.getElementById('root')!).render(<App />);
