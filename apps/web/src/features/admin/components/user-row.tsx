import { Button } from '@/components/ui/button';
import { useSession } from '@/lib/auth/session-provider';
import { cn } from '@/lib/cn';
import type { ListedUser } from '../api/admin';

const date = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const time = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

interface UserRowProps {
  user: ListedUser;
  onManage: () => void;
}

export function UserRow({ user, onManage }: UserRowProps) {
  const { user: self } = useSession();
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3.5">
      <div className="min-w-0 grow basis-48">
        <p className="font-medium wrap-anywhere">{user.name}</p>
        <p className="text-sm text-muted-foreground wrap-anywhere">{user.email}</p>
        <p className="flex flex-wrap gap-x-3 text-sm text-muted-foreground">
          <span>Joined {date.format(new Date(user.createdAt))}</span>
          <UserState user={user} />
        </p>
        {user.id === self.id && <p className="text-sm text-muted-foreground">This is your account.</p>}
      </div>
      <Button variant="outline" size="sm" aria-label={`Manage ${user.email}`} onClick={onManage}>
        Manage
      </Button>
    </li>
  );
}

/** Says if a user is an administrator, unverified or banned. */
export function UserState({ user }: { user: ListedUser }) {
  const until = user.bannedUntil ? ` until ${time.format(new Date(user.bannedUntil))}` : '';
  const states = [
    user.isAdmin && { text: 'Administrator', style: 'text-success' },
    !user.emailVerified && { text: 'Email not verified', style: 'text-warning' },
    user.isBanned && { text: `Banned${until}`, style: 'text-destructive' },
  ].filter((state) => state !== false);
  return states.map(({ text, style }) => (
    <span key={text} className={cn('font-medium', style)}>
      {text}
    </span>
  ));
}
