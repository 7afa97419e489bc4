import { Alert } from '@/components/ui/alert';
import { useSession } from '@/lib/auth/session-provider';
import { useNow } from '@/lib/hooks/use-now';
import { SignInAgain } from './settings-failure';

// As in the auth server, which checks it.
const maxSignInAgeMs = 10 * 60_000;

/** Says that a change needs a more recent sign-in, before the user has typed anything that would be lost. */
export function OldSignInNotice({ purpose }: { purpose: string }) {
  const { user } = useSession();
  if (useNow().getTime() - Date.parse(user.signedInAt) < maxSignInAgeMs) {
    return null;
  }
  return (
    <Alert>
      <div className="flex flex-wrap items-center justify-between gap-3">
        {`To ${purpose}, sign in again first: your last sign-in is more than ten minutes ago.`}
        <SignInAgain />
      </div>
    </Alert>
  );
}
