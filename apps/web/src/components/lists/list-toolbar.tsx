'use client';

import { ReferenceCombobox } from '@/components/references/reference-field';
import { cn } from '@/lib/cn';
import { useHydrated } from '@/lib/hooks/use-hydrated';
import type { ListOptions, ListView } from '@/lib/lists/use-list-view';
import { controlClassName, heightClassName, SearchFilter, TextFilter } from './text-filter';

interface ListToolbarProps {
  options: ListOptions;
  view: ListView;
  setView: (changes: Record<string, string>) => void;
}

/** The search, filters and order of a list. */
export function ListToolbar({ options, view, setView }: ListToolbarProps) {
  const { filters, searched, sorts } = options;
  const isHydrated = useHydrated();
  return (
    <search inert={!isHydrated} className="flex flex-wrap gap-2">
      {searched.length > 0 && (
        <SearchFilter
          label="Search"
          placeholder="Search"
          value={view.search}
          onChange={(search) => setView({ search })}
          className="min-w-48 grow basis-full sm:basis-auto"
        />
      )}
      {Object.entries(filters).map(([name, { label, values, reference }]) =>
        reference ? (
          <div key={name} className="min-w-40 grow basis-40 sm:max-w-56">
            <ReferenceCombobox
              label={label}
              aria-label={label}
              placeholder={`${label}: all`}
              canClear
              source={reference}
              value={view[name] ?? ''}
              onChange={(value) => setView({ [name]: value })}
              className={heightClassName}
            />
          </div>
        ) : values ? (
          <select
            key={name}
            aria-label={label}
            value={view[name]}
            onChange={(event) => setView({ [name]: event.target.value })}
            className={selectClassName}
          >
            <option value="">{`${label}: all`}</option>
            {Object.entries(values).map(([value, text]) => (
              <option key={value} value={value}>{`${label}: ${text}`}</option>
            ))}
          </select>
        ) : (
          <div key={name} className="min-w-32 grow basis-32 sm:max-w-44">
            <TextFilter
              label={label}
              placeholder={`${label}: all`}
              value={view[name] ?? ''}
              onChange={(value) => setView({ [name]: value })}
            />
          </div>
        ),
      )}
      <select
        aria-label="Sort by"
        value={view.sort}
        onChange={(event) => setView({ sort: event.target.value })}
        className={selectClassName}
      >
        {Object.entries(sorts).map(([sort, text]) => (
          <option key={sort} value={sort}>
            {text}
          </option>
        ))}
      </select>
    </search>
  );
}

/** As wide as its longest option, so that none is cut off. */
const selectClassName = cn(controlClassName, 'w-auto max-w-full min-w-32 grow sm:grow-0');
