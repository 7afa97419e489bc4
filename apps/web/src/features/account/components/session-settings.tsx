'use client';

import { Monitor, Smartphone } from 'lucide-react';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { Skeleton } from '@/components/ui/skeleton';
import { type Session, useRevokeSession, useSessions } from '../api/sessions';
import { parseUserAgent } from '../user-agent';
import { SettingsSection } from './settings-section';
import { isSessionTooOld, SignInAgain } from './settings-failure';

const lastUsed = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

export function SessionSettings() {
  const { data: sessions, error, refetch, isFetching } = useSessions();
  const revoke = useRevokeSession();
  const failure = revoke.error ?? error;

  return (
    <SettingsSection title="Sessions" text="Where you’re signed in. Sign out any you don’t recognize.">
      {failure && (
        <Alert variant="destructive">
          <div className="flex flex-wrap items-center justify-between gap-3">
            {failure.message}
            {isSessionTooOld(failure) && <SignInAgain />}
            {error && !isSessionTooOld(error) && (
              <Button variant="outline" size="sm" loading={isFetching} onClick={() => refetch()}>
                Try again
              </Button>
            )}
          </div>
        </Alert>
      )}
      {sessions ? (
        <ul aria-label="Sessions" className="divide-y">
          {sessions.map((session) => (
            <SessionRow
              key={session.id}
              session={session}
              isRevoking={revoke.isPending && revoke.variables === session}
              onRevoke={() => revoke.mutate(session)}
            />
          ))}
        </ul>
      ) : (
        !error && <SessionsSkeleton />
      )}
      {sessions && sessions.length > 1 && (
        <Button
          variant="outline"
          className="w-fit"
          loading={revoke.isPending && revoke.variables === 'others'}
          onClick={() => revoke.mutate('others')}
        >
          Sign out all other sessions
        </Button>
      )}
    </SettingsSection>
  );
}

interface SessionRowProps {
  session: Session;
  isRevoking: boolean;
  onRevoke: () => void;
}

function SessionRow({ session, isRevoking, onRevoke }: SessionRowProps) {
  const device = parseUserAgent(session.userAgent ?? '');
  const Icon = device.isMobile ? Smartphone : Monitor;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3.5 first:pt-0 last:pb-0">
      <div className="flex min-w-0 grow items-center gap-4">
        <Icon aria-hidden className="size-5 shrink-0 text-muted-foreground" />
        <div className="min-w-0">
          <p className="font-medium">{device.name}</p>
          <p className="text-sm text-muted-foreground">
            {session.isCurrent ? (
              <span className="font-medium text-success">This device</span>
            ) : (
              `Last used ${lastUsed.format(session.updatedAt)}`
            )}
          </p>
        </div>
      </div>
      {!session.isCurrent && (
        <Button
          variant="outline"
          size="sm"
          loading={isRevoking}
          aria-label={`Sign out ${device.name}`}
          onClick={onRevoke}
        >
          Sign out
        </Button>
      )}
    </li>
  );
}

function SessionsSkeleton() {
  return (
    <div aria-busy className="flex items-center gap-4">
      <p className="sr-only">Loading sessions</p>
      <Skeleton className="size-5" />
      <div className="grid gap-1.5">
        <Skeleton className="h-5 w-40" />
        <Skeleton className="h-4 w-24" />
      </div>
    </div>
  );
}
