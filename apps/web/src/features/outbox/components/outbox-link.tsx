import Link from 'next/link';

/** In development mail goes to files: this leads to them. Elsewhere it is nothing. */
export function OutboxLink() {
  if (process.env.NODE_ENV !== 'development') return null;
  return (
    <p className="text-center text-sm text-muted-foreground">
      In development, mail lands in the{' '}
      <Link href="/outbox" className="font-medium text-primary underline underline-offset-4">
        outbox
      </Link>
      .
    </p>
  );
}
