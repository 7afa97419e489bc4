import Link from 'next/link';

/** Links to the emails that the auth server writes to files in development. */
export function OutboxLink() {
  if (process.env.NODE_ENV !== 'development') {
    return null;
  }
  return (
    <p className="text-center text-sm text-muted-foreground">
      In development, emails go to the{' '}
      <Link href="/outbox" className="font-medium text-primary underline underline-offset-4">
        outbox
      </Link>
      .
    </p>
  );
}
