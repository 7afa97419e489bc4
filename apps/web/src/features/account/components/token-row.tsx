import { Button } from '@/components/ui/button';
import { useNow } from '@/lib/hooks/use-now';
import type { PersonalToken } from '../api/personal-tokens';

const date = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

interface TokenRowProps {
  token: PersonalToken;
  onRevoke: () => void;
}

export function TokenRow({ token, onRevoke }: TokenRowProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3.5 first:pt-0 last:pb-0">
      <div className="grid min-w-0 grow basis-36 gap-0.5">
        <p className="font-medium wrap-anywhere">
          {token.name} <LastCharacters token={token} />
        </p>
        <TokenDetails token={token} />
      </div>
      <Button
        variant="outline"
        size="sm"
        aria-label={`Revoke ${token.name}, which ends with ${token.lastCharacters}`}
        onClick={onRevoke}
      >
        Revoke
      </Button>
    </li>
  );
}

/** Tells tokens with the same name apart. */
export function LastCharacters({ token }: { token: PersonalToken }) {
  return (
    <code className="text-sm font-normal whitespace-nowrap text-muted-foreground">
      …{token.lastCharacters}
    </code>
  );
}

/** The scopes, the expiry and the last use of a token. */
export function TokenDetails({ token }: { token: PersonalToken }) {
  const expiresAt = new Date(token.expiresAt);
  const isExpired = expiresAt <= useNow();
  return (
    <>
      <p className="text-sm wrap-anywhere">{token.scopes.join(', ')}</p>
      <p className="text-sm text-muted-foreground">
        {isExpired ? (
          <span className="font-medium text-destructive">Expired on {date.format(expiresAt)}</span>
        ) : (
          `Expires on ${date.format(expiresAt)}`
        )}
        {token.lastUsedAt ? `, last used on ${date.format(new Date(token.lastUsedAt))}` : ', never used'}
      </p>
    </>
  );
}
