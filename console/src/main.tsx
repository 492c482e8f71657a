import { createRoot } from 'react-dom/client';
import { App } from './app/App.js';
import './theme/tokens.css';

createRoot(document.getElementById('root')!).render(<App />);
