'use client';

import { useSearchParams } from 'next/navigation';
import { useCallback, useMemo } from 'react';

/** What a list offers. Filters and search are the query parameters of the API. */
export interface ListOptions {
  /** The name of each order, the default first. */
  sorts: Record<string, string>;
  /** The label of each filter, and the names of its values. A filter without values takes any text. */
  filters: Record<string, { label: string; values?: Record<string, string> }>;
  /** The labels of the fields that a search covers. */
  searched: string[];
}

/** The search, order and filters of a list. The URL contains them. An empty value is no filter. */
export type ListView = Record<string, string> & { sort: string; search: string };

/** Reads the view of a list from the URL, and changes it without a request for the page. */
export function useListView(options: ListOptions) {
  const params = useSearchParams();
  const view = useMemo(() => parseListView(params, options), [params, options]);

  const setView = useCallback(
    (changes: Record<string, string>) => {
      // The rendered view may be older than the URL.
      const next = { ...parseListView(new URLSearchParams(location.search), options), ...changes };
      const values = Object.entries(next).filter(([name, value]) => value !== defaultOf(name, options));
      const query = new URLSearchParams(values).toString();
      window.history.replaceState(null, '', location.pathname + (query && `?${query}`));
    },
    [options],
  );

  return { view, setView };
}

/** Returns whether the view shows only some rows. */
export function isFiltered(view: ListView): boolean {
  return Object.entries(view).some(([name, value]) => name !== 'sort' && value);
}

function parseListView(params: URLSearchParams, options: ListOptions): ListView {
  const { filters, searched, sorts } = options;
  const read = (name: string, values?: Record<string, string>) => {
    const value = params.get(name) ?? '';
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
