'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Monitor, Smartphone } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { Skeleton } from '@/components/ui/skeleton';
import { authClient } from '@/lib/auth-client';
import { ownAccountAnswer } from './account-error';
import { deviceOf } from './device';
import { SettingsSection } from './settings-section';

const sessionsKey = ['sessions'];
const lastUsed = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

interface Session {
  id: string;
  token: string;
  userAgent?: string | null;
  updatedAt: Date;
  isCurrent: boolean;
}

/** The current session comes first, the others by when they were last used. */
async function listSessions(): Promise<Session[]> {
  const [sessions, current] = await Promise.all([
    ownAccountAnswer(authClient.listSessions()),
    ownAccountAnswer(authClient.getSession()),
  ]);
  return sessions
    .map((session) => ({
      ...session,
      updatedAt: new Date(session.updatedAt),
      isCurrent: session.id === current?.session.id,
    }))
    .toSorted(
      (a, b) => Number(b.isCurrent) - Number(a.isCurrent) || b.updatedAt.getTime() - a.updatedAt.getTime(),
    );
}

export function SessionSettings() {
  const queryClient = useQueryClient();
  const {
    data: sessions,
    error,
    refetch,
    isFetching,
  } = useQuery({ queryKey: sessionsKey, queryFn: listSessions });
  const end = useMutation({
    mutationFn: (session: Session | 'others') =>
      ownAccountAnswer<unknown>(
        session === 'others'
          ? authClient.revokeOtherSessions()
          : authClient.revokeSession({ token: session.token }),
      ),
    onSettled: () => queryClient.invalidateQueries({ queryKey: sessionsKey }),
  });
  const failure = end.error ?? error;

  return (
    <SettingsSection title="Sessions" text="Where you are signed in. End what you don’t know.">
      {failure && (
        <Notice tone="error">
          <div className="flex flex-wrap items-center justify-between gap-3">
            {failure.message}
            {error && (
              <Button tone="plain" size="small" busy={isFetching} onClick={() => refetch()}>
                Try again
              </Button>
            )}
          </div>
        </Notice>
      )}
      {sessions ? (
        <ul aria-label="Sessions" className="divide-y divide-line">
          {sessions.map((session) => (
            <SessionRow
              key={session.id}
              session={session}
              isEnding={end.isPending && end.variables === session}
              onEnd={() => end.mutate(session)}
            />
          ))}
        </ul>
      ) : (
        !error && <SessionsSkeleton />
      )}
      {sessions && sessions.length > 1 && (
        <Button
          tone="plain"
          className="w-fit"
          busy={end.isPending && end.variables === 'others'}
          onClick={() => end.mutate('others')}
        >
          Sign out all other sessions
        </Button>
      )}
    </SettingsSection>
  );
}

interface SessionRowProps {
  session: Session;
  isEnding: boolean;
  onEnd: () => void;
}

function SessionRow({ session, isEnding, onEnd }: SessionRowProps) {
  const device = deviceOf(session.userAgent ?? '');
  const Icon = device.isMobile ? Smartphone : Monitor;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3.5 first:pt-0 last:pb-0">
      <Icon aria-hidden className="size-5 shrink-0 text-muted" />
      <div className="min-w-0 grow">
        <p className="font-medium">{device.name}</p>
        <p className="text-sm text-muted">
          {session.isCurrent ? (
            <span className="font-medium text-today">This device</span>
          ) : (
            `Last used ${lastUsed.format(session.updatedAt)}`
          )}
        </p>
      </div>
      {!session.isCurrent && (
        <Button
          tone="plain"
          size="small"
          busy={isEnding}
          aria-label={`End session on ${device.name}`}
          onClick={onEnd}
        >
          End session
        </Button>
      )}
    </li>
  );
}

function SessionsSkeleton() {
  return (
    <div aria-busy className="flex items-center gap-4">
      <p className="sr-only">Loading your sessions</p>
      <Skeleton className="size-5" />
      <div className="grid gap-1.5">
        <Skeleton className="h-5 w-40" />
        <Skeleton className="h-4 w-24" />
      </div>
    </div>
  );
}
