'use client';

import { Alert } from '@/components/ui/alert';
import { SettingsSection } from '@/features/account/components/settings-section';
import { actions } from '../actions';
import { type AuditEntry, useAuditLog } from '../api/admin';
import { getAdminErrorMessage } from '../api/admin-error';

const time = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** The most recent changes by administrators, from the log in the database. */
export function AuditLog() {
  const { data, error } = useAuditLog();
  if (!data?.length && !error) {
    return null;
  }
  return (
    <SettingsSection title="Recent changes by administrators">
      {error ? (
        <Alert variant="destructive">{getAdminErrorMessage(error) ?? error.message}</Alert>
      ) : (
        <ul aria-label="Recent changes" className="divide-y">
          {data?.map((action) => (
            <li key={action.id} className="py-3 text-sm wrap-anywhere first:pt-0 last:pb-0">
              <p>{describe(action)}</p>
              {action.reason && <p>Reason: {action.reason}</p>}
              <time dateTime={action.createdAt} className="text-muted-foreground">
                {time.format(new Date(action.createdAt))}
              </time>
            </li>
          ))}
        </ul>
      )}
    </SettingsSection>
  );
}

function describe({ actor, action, user, bannedUntil }: AuditEntry): string {
  const until = bannedUntil ? ` until ${time.format(new Date(bannedUntil))}` : '';
  return `${actor ?? 'A command on the server'} ${actions[action].past} ${user}${until}`;
}
