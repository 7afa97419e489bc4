'use client';

import { useSearchParams } from 'next/navigation';
import { startTransition, useMemo, useOptimistic } from 'react';
import type { ReferenceSource } from '@/lib/references/reference-source';

/** What a list offers. Filters and search are the query parameters of the API. */
export interface ListOptions {
  /** The name of each order, the default first. */
  sorts: Record<string, string>;
  /** The label of each filter, and the names of its values or the rows to choose from. Without them, it takes any text. */
  filters: Record<string, { label: string; values?: Record<string, string>; reference?: ReferenceSource }>;
  /** The labels of the fields that a search covers. */
  searched: string[];
}

/** The search, order and filters of a list. The URL contains them. An empty value is no filter. */
export type ListView = Record<string, string> & { sort: string; search: string };

/**
 * Reads the view of a list from the URL, and changes it without a request for the page. A change starts from the
 * rendered view, not from `location`, because Next.js may write an older URL there for a moment.
 *
 * @param prefix begins the names of the query parameters, if the page is about something else than this list
 */
export function useListView(options: ListOptions, prefix = '') {
  const params = useSearchParams();
  const viewInUrl = useMemo(() => parseListView(params, options, prefix), [params, options, prefix]);
  const [view, setOptimisticView] = useOptimistic(viewInUrl);

  function setView(changes: Record<string, string>) {
    const next = { ...view, ...changes };
    // Contains the parameters of the other lists of the page, too.
    const query = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(next)) {
      if (value === defaultOf(name, options)) {
        query.delete(prefix + name);
      } else {
        query.set(prefix + name, value);
      }
    }
    startTransition(() => {
      setOptimisticView(next);
      window.history.replaceState(null, '', location.pathname + (query.size > 0 ? `?${query}` : ''));
    });
  }

  return { view, setView };
}

/** Returns whether the view shows only some rows. */
export function isFiltered(view: ListView): boolean {
  return Object.entries(view).some(([name, value]) => name !== 'sort' && value);
}

function parseListView(params: URLSearchParams, options: ListOptions, prefix: string): ListView {
  const { filters, searched, sorts } = options;
  const read = (name: string, values?: Record<string, string>) => {
    const value = params.get(prefix + name) ?? '';
    return !values || Object.hasOwn(values, value) ? value : defaultOf(name, options);
  };
  return {
    ...Object.fromEntries(Object.entries(filters).map(([name, { values }]) => [name, read(name, values)])),
    sort: read('sort', sorts),
    search: searched.length > 0 ? read('search') : '',
  };
}

function defaultOf(name: string, { sorts }: ListOptions): string {
  return name === 'sort' ? (Object.keys(sorts)[0] ?? '') : '';
}
