'use client';

import { X } from 'lucide-react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { Button } from './button';
import { dismissToast, subscribeToToasts, type Toast, toastMilliseconds, toastsNow } from './toasts';

const none: readonly Toast[] = [];

/**
 * Where messages appear: news is announced when the screen reader pauses, mistakes at once. The two places are always
 * there, and say so in words: a modal dialog hides everything from screen readers that has no `aria-live`.
 */
export function Toaster() {
  const toasts = useSyncExternalStore(subscribeToToasts, toastsNow, () => none);
  const [news, mistakes] = [
    toasts.filter((toast) => toast.tone !== 'error'),
    toasts.filter((toast) => toast.tone === 'error'),
  ];
  return (
    <div className="pointer-events-none fixed inset-x-4 bottom-4 z-60 mx-auto grid max-w-md gap-2 sm:bottom-6">
      <div role="alert" aria-live="assertive" aria-atomic="false" className="grid gap-2">
        {mistakes.map((toast) => (
          <ToastCard key={toast.id} toast={toast} />
        ))}
      </div>
      {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an output element holds no paragraphs */}
      <div role="status" aria-live="polite" aria-atomic="false" className="grid gap-2">
        {news.map((toast) => (
          <ToastCard key={toast.id} toast={toast} />
        ))}
      </div>
    </div>
  );
}

function ToastCard({ toast }: { toast: Toast }) {
  const [isHovered, setIsHovered] = useState(false);
  const [isFocused, setIsFocused] = useState(false);
  const held = isHovered || isFocused;

  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => dismissToast(toast.id), toastMilliseconds);
    return () => clearTimeout(timer);
  }, [held, toast.id]);

  return (
    <div
      data-toast
      className="pointer-events-auto flex animate-rise items-center gap-2 rounded-xl border border-line bg-raised py-2 pr-2 pl-4 shadow-float"
      onPointerEnter={() => setIsHovered(true)}
      onPointerLeave={() => setIsHovered(false)}
      onFocus={() => setIsFocused(true)}
      onBlur={() => setIsFocused(false)}
    >
      <p className="min-w-0 grow text-sm wrap-anywhere line-clamp-3">{toast.message}</p>
      {toast.action && (
        <Button
          tone="quiet"
          size="small"
          className="text-accent hover:text-accent"
          onClick={() => {
            toast.action?.onSelect();
            dismissToast(toast.id);
          }}
        >
          {toast.action.label}
        </Button>
      )}
      <Button
        tone="quiet"
        size="small"
        className="w-8 px-0"
        aria-label="Dismiss"
        onClick={() => dismissToast(toast.id)}
      >
        <X aria-hidden className="size-4" />
      </Button>
    </div>
  );
}
