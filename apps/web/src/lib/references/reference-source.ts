'use client';

import type { ApiClient } from '@app/api-client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { ComboboxOption } from '@/components/ui/combobox';
import { ApiError, getErrorMessage } from '@/lib/api/api-error';
import { useSession } from '@/lib/auth/session-provider';

const typingDelayMs = 200;

/** How to find the rows of another module that a row can refer to. */
export interface ReferenceSource {
  /** Begins the keys of the queries, so that a change of the other module's rows refetches them. */
  queryKey: string[];
  /** Returns the first rows that match a search. */
  find: (api: ApiClient, search: string, signal: AbortSignal) => Promise<ComboboxOption[]>;
  findOne: (api: ApiClient, id: string, signal: AbortSignal) => Promise<ComboboxOption>;
}

/** Fetches the row that an id refers to. Without an id, there is none. */
export function useReference(source: ReferenceSource, id: string): ComboboxOption | undefined {
  const { api } = useSession();
  const { data, error } = useQuery({
    queryKey: referenceKey(source, id),
    queryFn: ({ signal }) => source.findOne(api, id, signal),
    enabled: id !== '',
  });
  const isMissing = error instanceof ApiError && [400, 404].includes(error.status);
  return id === '' ? undefined : (data ?? { value: id, label: isMissing ? 'Not found' : '' });
}

export function referenceKey({ queryKey }: ReferenceSource, id: string): string[] {
  return [...queryKey, 'reference', id];
}

/**
 * Fetches the rows that match a search, when the user stops typing.
 *
 * @param search `undefined` fetches nothing
 * @param except the ids of rows to leave out
 */
export function useReferenceOptions(
  source: ReferenceSource,
  search: string | undefined,
  except: string[] = [],
) {
  const { api } = useSession();
  const text = search?.trim() ?? '';
  const [settled, setSettled] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), typingDelayMs);
    return () => clearTimeout(timer);
  }, [text]);
  const {
    data = [],
    error,
    isPlaceholderData,
    isPending,
  } = useQuery({
    queryKey: [...source.queryKey, 'options', settled],
    queryFn: ({ signal }) => source.find(api, settled, signal),
    enabled: search !== undefined,
    placeholderData: keepPreviousData,
  });
  const isLoading = isPending || isPlaceholderData || text !== settled;
  const options = data.filter(({ value }) => !except.includes(value));
  return { options, isLoading, message: messageFor({ error, isLoading, count: options.length }) };
}

function messageFor({ error, isLoading, count }: { error: Error | null; isLoading: boolean; count: number }) {
  if (error) {
    return getErrorMessage(error);
  }
  if (count > 0) {
    return undefined;
  }
  return isLoading ? 'Loading…' : 'Nothing found';
}
