'use client';

import { X } from 'lucide-react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { Button } from './button';
import { dismissToast, subscribeToToasts, type Toast, toastMilliseconds, toastsNow } from './toasts';

const none: readonly Toast[] = [];

/** Where messages appear: news is announced when the screen reader pauses, mistakes at once. */
export function Toaster() {
  const toasts = useSyncExternalStore(subscribeToToasts, toastsNow, () => none);
  const [news, mistakes] = [
    toasts.filter((toast) => toast.tone !== 'error'),
    toasts.filter((toast) => toast.tone === 'error'),
  ];
  return (
    <div className="pointer-events-none fixed inset-x-4 bottom-4 z-60 mx-auto grid max-w-md gap-2 sm:bottom-6">
      {mistakes.map((toast) => (
        <div key={toast.id} role="alert">
          <ToastCard toast={toast} />
        </div>
      ))}
      {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an output element holds no paragraphs */}
      <div role="status" className="grid gap-2">
        {news.map((toast) => (
          <ToastCard key={toast.id} toast={toast} />
        ))}
      </div>
    </div>
  );
}

function ToastCard({ toast }: { toast: Toast }) {
  const [held, setHeld] = useState(false);

  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => dismissToast(toast.id), toastMilliseconds);
    return () => clearTimeout(timer);
  }, [held, toast.id]);

  return (
    <div
      className="pointer-events-auto flex animate-rise items-center gap-2 rounded-xl border border-line bg-raised py-2 pr-2 pl-4 shadow-float"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
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
