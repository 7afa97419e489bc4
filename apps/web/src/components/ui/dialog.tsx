'use client';

import { X } from 'lucide-react';
import { Dialog as Primitive } from 'radix-ui';
import { type ComponentProps, useCallback, useRef } from 'react';
import { cn } from '@/lib/cn';
import { Button } from './button';

export const Dialog = Primitive.Root;
export const DialogTrigger = Primitive.Trigger;
export const DialogClose = Primitive.Close;

interface DialogContentProps extends ComponentProps<typeof Primitive.Content> {
  showCloseButton?: boolean;
  /** Called on close if the element that had the focus before has disappeared. */
  onFocusLost?: () => void;
}

/** A sheet at the bottom of a phone, a centered box on a larger screen. On close, the focus returns to where it was. */
export function DialogContent({
  showCloseButton = true,
  onFocusLost,
  className,
  children,
  ...props
}: DialogContentProps) {
  const opener = useRef<Element>(null);

  const rememberOpener = useCallback((content: HTMLElement | null) => {
    if (content) {
      opener.current = document.activeElement;
    }
  }, []);

  /** Radix only knows the DialogTrigger, but a row or a shortcut may open the dialog, too. */
  function restoreFocus(event: Event) {
    const element = opener.current;
    if (element instanceof HTMLElement && element !== document.body && element.isConnected) {
      event.preventDefault();
      element.focus();
    } else if (onFocusLost) {
      event.preventDefault();
      onFocusLost();
    }
  }

  /** A toast lies above the dialog: a click on it must not close the dialog. */
  function ignoreToasts(event: Event) {
    if ((event.target as Element).closest('[data-toast]')) {
      event.preventDefault();
    }
  }

  return (
    <Primitive.Portal>
      <Primitive.Overlay className="fixed inset-0 z-40 animate-in fade-in-0 duration-150 ease-out bg-black/45" />
      <Primitive.Content
        ref={rememberOpener}
        onCloseAutoFocus={restoreFocus}
        onInteractOutside={ignoreToasts}
        className={cn(
          'fixed inset-x-0 bottom-0 z-50 mx-auto flex max-h-[92dvh] w-full max-w-lg animate-in fade-in-0 slide-in-from-bottom-2 duration-180 ease-out flex-col rounded-t-2xl border bg-popover shadow-float focus:outline-none sm:top-[12vh] sm:bottom-auto sm:max-h-[80vh] sm:rounded-2xl',
          className,
        )}
        {...props}
      >
        {/* First, so that it gets the focus: a text field would open the keyboard of a phone. */}
        {showCloseButton && (
          <Primitive.Close asChild>
            <Button
              variant="ghost"
              size="icon"
              className="absolute top-4 right-3 sm:top-5 sm:right-4"
              aria-label="Close"
            >
              <X aria-hidden className="size-5" />
            </Button>
          </Primitive.Close>
        )}
        {children}
      </Primitive.Content>
    </Primitive.Portal>
  );
}

export function DialogHeader({ className, ...props }: ComponentProps<'div'>) {
  return (
    <div
      className={cn(
        'flex min-h-15 flex-col justify-center gap-1 pt-4 pr-16 pb-1 pl-5 sm:min-h-16 sm:pt-5 sm:pl-6',
        className,
      )}
      {...props}
    />
  );
}

/** The part of the dialog that scrolls. */
export function DialogBody({ className, ...props }: ComponentProps<'div'>) {
  return <div className={cn('overflow-y-auto px-5 pt-2 pb-5 sm:px-6 sm:pb-6', className)} {...props} />;
}

export function DialogFooter({ className, ...props }: ComponentProps<'div'>) {
  return <div className={cn('mt-5 flex flex-wrap justify-end gap-2', className)} {...props} />;
}

export function DialogTitle({ className, ...props }: ComponentProps<typeof Primitive.Title>) {
  return <Primitive.Title className={cn('text-lg font-semibold tracking-tight', className)} {...props} />;
}

export function DialogDescription({ className, ...props }: ComponentProps<typeof Primitive.Description>) {
  return <Primitive.Description className={cn('text-sm text-muted-foreground', className)} {...props} />;
}
