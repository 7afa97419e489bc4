'use client';

import { Alert } from '@/components/ui/alert';
import { SettingsSection } from '@/features/account/components/settings-section';
import { acts } from '../acts';
import { type ListedAct, useRecentActs } from '../api/admin';
import { getAdminErrorMessage } from '../api/admin-error';

const time = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** The most recent changes by administrators, from the log in the database. */
export function RecentActs() {
  const { data, error } = useRecentActs();
  if (!data?.length && !error) {
    return null;
  }
  return (
    <SettingsSection title="Recent changes by administrators">
      {error ? (
        <Alert variant="destructive">{getAdminErrorMessage(error) ?? error.message}</Alert>
      ) : (
        <ul aria-label="Recent changes" className="divide-y">
          {data?.map((act) => (
            <li key={act.id} className="py-3 text-sm wrap-anywhere first:pt-0 last:pb-0">
              <p>{describe(act)}</p>
              {act.reason && <p>Reason: {act.reason}</p>}
              <time dateTime={act.createdAt} className="text-muted-foreground">
                {time.format(new Date(act.createdAt))}
              </time>
            </li>
          ))}
        </ul>
      )}
    </SettingsSection>
  );
}

function describe({ actor, act, user, bannedUntil }: ListedAct): string {
  const until = bannedUntil ? ` until ${time.format(new Date(bannedUntil))}` : '';
  return `${actor ?? 'A command on the server'} ${acts[act].past} ${user}${until}`;
}
