import 'server-only';
import { cache } from 'react';
import { z } from 'zod';
import { fetchAuthServer } from '@/lib/auth/fetch-auth-server';

const providersSchema = z.array(z.object({ id: z.string(), name: z.string() }));

const accountsSchema = z.array(z.object({ id: z.string(), providerId: z.string(), createdAt: z.string() }));

/** A provider that is configured at the auth server. */
export type Provider = z.infer<typeof providersSchema>[number];

/** A password, with the provider id `credential`, or a connected provider. */
export type Account = z.infer<typeof accountsSchema>[number];

/** Returns the configured providers, or none if the auth server is unavailable. */
export const getProviders = cache(async (): Promise<Provider[]> => {
  return (await fetchAs(providersSchema, '/providers')) ?? [];
});

/** Returns how the signed-in user can sign in, or undefined if the auth server is unavailable. */
export const getAccounts = cache(async (): Promise<Account[] | undefined> => {
  return fetchAs(accountsSchema, '/list-accounts?disableRefresh=true');
});

/** Returns whether the signed-in user has a password. Most have one, so that is also the answer if it is unknown. */
export async function hasPassword(): Promise<boolean> {
  const accounts = await getAccounts();
  return !accounts || accounts.some(({ providerId }) => providerId === 'credential');
}

async function fetchAs<T>(schema: z.ZodType<T>, path: string): Promise<T | undefined> {
  try {
    const response = await fetchAuthServer(path);
    return response.ok ? schema.parse(await response.json()) : undefined;
  } catch {
    return undefined;
  }
}
