import { useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { Button, type ButtonProps } from './Button.js';
import { useHold } from './hold.js';
import css from './Menu.module.css';

export interface MenuItem {
  readonly label: string;
  readonly onChoose: () => void;
  readonly icon?: ReactNode;
  /** Why it cannot be chosen now. */
  readonly refusal?: string | undefined;
}

const GAP = 4;

/** A button and what it offers, as a popover of the browser: Esc, and a click elsewhere, close it. */
export function Menu({ items, ...button }: ButtonProps & { readonly items: readonly MenuItem[] }) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const [isOpen, set] = useState(false);
  useHold(isOpen);
  const place = () => {
    const [menu, from] = [list.current!, trigger.current!.getBoundingClientRect()];
    const { offsetWidth, offsetHeight } = menu;
    const below = from.bottom + GAP;
    menu.style.left = `${Math.max(GAP, Math.min(from.right - offsetWidth, innerWidth - offsetWidth - GAP))}px`;
    menu.style.top = `${below + offsetHeight > innerHeight ? Math.max(GAP, from.top - GAP - offsetHeight) : below}px`;
  };
  const go = (event: KeyboardEvent<HTMLDivElement>) => {
    const choices = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=menuitem]')];
    const at = choices.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: choices.length - 1 }[event.key];
    if (event.key === 'Tab') list.current?.hidePopover();
    if (to === undefined) return;
    event.preventDefault();
    choices.at(to % choices.length)?.focus();
  };
  return (
    <>
      <Button {...button} ref={trigger} popoverTarget={id} aria-haspopup="menu" aria-expanded={isOpen} />
      <div
        ref={list}
        id={id}
        popover="auto"
        role="menu"
        className={css['menu']}
        onKeyDown={go}
        onToggle={({ newState }) => {
          set(newState === 'open');
          if (newState !== 'open') return;
          place();
          list.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus();
        }}
      >
        {items.map(({ label, onChoose, icon, refusal }) => (
          <button
            key={label}
            type="button"
            role="menuitem"
            tabIndex={-1}
            className={css['item']}
            aria-disabled={refusal !== undefined}
            onClick={() => {
              if (refusal !== undefined) return;
              list.current?.hidePopover();
              onChoose();
            }}
          >
            {icon}
            <span>
              {label}
              {refusal !== undefined && <span className={css['refusal']}>{refusal}</span>}
            </span>
          </button>
        ))}
      </div>
    </>
  );
}
