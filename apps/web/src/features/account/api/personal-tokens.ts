import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { authClient } from '@/lib/auth/auth-client';
import { unwrapAuthOrSignIn } from './account-error';

const tokensKey = ['personal-tokens'];

export interface PersonalToken {
  id: string;
  name: string;
  lastCharacters: string;
  scopes: string[];
  expiresAt: string;
  lastUsedAt: string | null;
}

/** A new token with its text. */
export type CreatedPersonalToken = PersonalToken & { token: string };

export interface NewPersonalToken {
  name: string;
  scopes: string[];
  expiresInDays: number;
}

/** Lists the user's tokens, and the scopes that a new one can have. */
export function usePersonalTokens() {
  return useQuery({
    queryKey: tokensKey,
    queryFn: () =>
      unwrapAuthOrSignIn(
        authClient.$fetch<{ tokens: PersonalToken[]; scopes: string[] }>('/list-personal-tokens'),
      ),
  });
}

/** Creates a token. Its text is in this response only. */
export function useCreateToken() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: NewPersonalToken) =>
      unwrapAuthOrSignIn(
        authClient.$fetch<CreatedPersonalToken>('/create-personal-token', {
          method: 'POST',
          body,
        }),
      ),
    onSettled: () => queryClient.invalidateQueries({ queryKey: tokensKey }),
  });
}

/** Revokes a token. Calls `onRevoked` even if the component that revoked it has disappeared. */
export function useRevokeToken(onRevoked: (id: string) => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ id }: PersonalToken) =>
      unwrapAuthOrSignIn<unknown>(
        authClient.$fetch('/revoke-personal-token', { method: 'POST', body: { id } }),
      ),
    onSuccess: (_, { id }) => onRevoked(id),
    onSettled: () => queryClient.invalidateQueries({ queryKey: tokensKey }),
  });
}
