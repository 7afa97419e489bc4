'use client';

import { X } from 'lucide-react';
import { Dialog as Primitive } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import { cn } from '@/lib/cn';
import { Button } from './button';

interface DialogProps {
  title: string;
  /** Called on Escape, on the close button and on a click outside. */
  onClose: () => void;
  className?: string;
  children: ReactNode;
}

/** A modal dialog, open while it is rendered. On close, the focus returns to where it was. */
export function Dialog({ title, onClose, className, children }: DialogProps) {
  const [opener] = useState(() => document.activeElement);

  function restoreFocus(event: Event) {
    event.preventDefault();
    if (opener instanceof HTMLElement) {
      opener.focus();
    }
  }

  /** A toast lies above the dialog: a click on it must not close the dialog. */
  function ignoreToasts(event: Event) {
    if ((event.target as Element).closest('[data-toast]')) {
      event.preventDefault();
    }
  }

  return (
    <Primitive.Root open onOpenChange={(open) => !open && onClose()}>
      <Primitive.Portal>
        <Primitive.Overlay className="fixed inset-0 z-40 animate-appear bg-black/45" />
        <Primitive.Content
          aria-describedby={undefined}
          onCloseAutoFocus={restoreFocus}
          onInteractOutside={ignoreToasts}
          className={cn(
            'fixed inset-x-0 bottom-0 z-50 mx-auto flex max-h-[92dvh] w-full max-w-lg animate-rise flex-col rounded-t-2xl border bg-popover shadow-float focus:outline-none sm:top-[12vh] sm:bottom-auto sm:max-h-[80vh] sm:rounded-2xl',
            className,
          )}
        >
          <header className="flex items-center justify-between gap-4 px-5 pt-4 pb-1 sm:px-6 sm:pt-5">
            <Primitive.Title className="text-lg font-semibold tracking-tight">{title}</Primitive.Title>
            <Primitive.Close asChild>
              <Button variant="ghost" size="icon" className="-mr-2" aria-label="Close">
                <X aria-hidden className="size-5" />
              </Button>
            </Primitive.Close>
          </header>
          <div className="overflow-y-auto px-5 pt-2 pb-5 sm:px-6 sm:pb-6">{children}</div>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
