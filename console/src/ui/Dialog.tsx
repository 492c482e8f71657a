import { X } from 'lucide-react';
import { useId, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { useWords } from '../words/index.js';
import { Button } from './Button.js';
import { classes } from './classes.js';
import css from './Dialog.module.css';
import { useHold } from './hold.js';

export interface ModalProps {
  /** Undefined where it can only be answered. */
  readonly onClose?: (() => void) | undefined;
  /** The id of its heading. */
  readonly labelledBy: string;
  readonly className?: string | undefined;
  /** Where nothing is lost with it, a click beside it closes it too. */
  readonly isLight?: boolean;
  readonly children: ReactNode;
}

/**
 * Something over the page, for as long as it is drawn: the browser keeps the focus in it and gives it back. What has
 * `data-first` gets the focus first.
 */
export function Modal({ onClose, labelledBy, className, isLight = false, children }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [closings, count] = useState(0);
  useHold(true);
  useLayoutEffect(() => {
    const shown = dialog.current!;
    if (shown.open) return;
    shown.showModal();
    shown.querySelector<HTMLElement>('[data-first]')?.focus();
  }, [closings]);
  useLayoutEffect(() => {
    const shown = dialog.current!;
    return () => shown.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={labelledBy}
      className={classes(css['modal'], className)}
      onCancel={(event) => {
        // Esc: whoever draws it decides.
        event.preventDefault();
        onClose?.();
      }}
      onKeyDown={(event) => {
        // A browser asks by `cancel` once, and closes at the next Esc whatever was answered.
        if (event.key === 'Escape' && onClose === undefined) event.preventDefault();
      }}
      onClose={({ currentTarget }) => {
        if (!currentTarget.isConnected) return;
        // Closed by the browser: what is still drawn after that is shown again.
        onClose?.();
        count((old) => old + 1);
      }}
      // What is around it is the dialog itself, where its content is not.
      onMouseDown={({ target, currentTarget }) => isLight && target === currentTarget && onClose?.()}
    >
      {children}
    </dialog>
  );
}

/** Something over the page that has to be answered, or a pane at its right that is looked at. */
export function Dialog({
  isOpen,
  onClose,
  title,
  children,
  actions,
  side = 'middle',
  isLight = side === 'right',
}: Pick<ModalProps, 'onClose' | 'isLight' | 'children'> & {
  readonly isOpen: boolean;
  readonly title: ReactNode;
  readonly actions?: ReactNode;
  readonly side?: 'middle' | 'right';
}) {
  const words = useWords();
  const heading = useId();
  if (!isOpen) return null;
  return (
    <Modal onClose={onClose} labelledBy={heading} className={css[side]} isLight={isLight}>
      <div className={css['sheet']}>
        <header className={css['head']}>
          <h2 id={heading}>{title}</h2>
          {onClose !== undefined && (
            <Button
              kind="quiet"
              aria-label={words.actions.close}
              icon={<X aria-hidden />}
              onClick={onClose}
            />
          )}
        </header>
        <div className={css['body']}>{children}</div>
        {actions !== undefined && <footer className={css['foot']}>{actions}</footer>}
      </div>
    </Modal>
  );
}
