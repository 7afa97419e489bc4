'use client';

import { X } from 'lucide-react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { Button } from './button';
import { getToasts, subscribeToToasts, toast, type Toast, toastDurationMs } from './toast';

const none: readonly Toast[] = [];

/**
 * Shows toasts. Errors interrupt a screen reader, other messages wait for a pause. Both live regions are always in the
 * page and set `aria-live`: a modal dialog hides everything else from screen readers.
 */
export function Toaster() {
  const toasts = useSyncExternalStore(subscribeToToasts, getToasts, () => none);
  const errors = toasts.filter(({ variant }) => variant === 'error');
  const others = toasts.filter(({ variant }) => variant !== 'error');
  return (
    <div className="pointer-events-none fixed inset-x-4 bottom-4 z-60 mx-auto grid max-w-md gap-2 sm:bottom-6">
      <div role="alert" aria-live="assertive" aria-atomic="false" className="grid gap-2">
        {errors.map((shown) => (
          <ToastCard key={shown.id} {...shown} />
        ))}
      </div>
      {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an output element may contain no paragraphs */}
      <div role="status" aria-live="polite" aria-atomic="false" className="grid gap-2">
        {others.map((shown) => (
          <ToastCard key={shown.id} {...shown} />
        ))}
      </div>
    </div>
  );
}

function ToastCard({ id, message, action }: Toast) {
  const [isHovered, setIsHovered] = useState(false);
  const [isFocused, setIsFocused] = useState(false);
  const isPaused = isHovered || isFocused;

  useEffect(() => {
    if (isPaused) {
      return;
    }
    const timer = setTimeout(() => toast.dismiss(id), toastDurationMs);
    return () => clearTimeout(timer);
  }, [isPaused, id]);

  return (
    <div
      data-toast
      className="pointer-events-auto flex animate-in fade-in-0 slide-in-from-bottom-2 duration-180 ease-out flex-wrap items-center gap-2 rounded-xl border bg-popover py-2 pr-2 pl-4 shadow-float"
      onPointerEnter={() => setIsHovered(true)}
      onPointerLeave={() => setIsHovered(false)}
      onFocus={() => setIsFocused(true)}
      onBlur={() => setIsFocused(false)}
    >
      <p className="min-w-0 grow basis-32 text-sm wrap-anywhere line-clamp-3">{message}</p>
      <div className="ml-auto flex gap-2">
        {action && (
          <Button
            variant="ghost"
            size="sm"
            className="text-primary hover:text-primary"
            onClick={() => {
              action.onClick();
              toast.dismiss(id);
            }}
          >
            {action.label}
          </Button>
        )}
        <Button
          variant="ghost"
          size="sm"
          className="w-8 px-0"
          aria-label="Dismiss"
          onClick={() => toast.dismiss(id)}
        >
          <X aria-hidden className="size-4" />
        </Button>
      </div>
    </div>
  );
}
