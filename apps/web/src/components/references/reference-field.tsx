'use client';

import { useQueryClient } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { type ComponentProps, Fragment, type ReactNode, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Combobox } from '@/components/ui/combobox';
import { Field } from '@/components/ui/field';
import {
  referenceKey,
  type ReferenceSource,
  useReference,
  useReferenceOptions,
} from '@/lib/references/reference-source';

type ComboboxProps = Pick<
  ComponentProps<typeof Combobox>,
  'aria-describedby' | 'aria-invalid' | 'canClear' | 'className' | 'id' | 'label' | 'name' | 'onBlur' | 'ref'
>;

interface ReferenceComboboxProps extends ComboboxProps {
  source: ReferenceSource;
  /** The id of a row, or an empty string. */
  value: string;
  onChange: (value: string) => void;
  /** The ids of rows that aren't offered. */
  except?: string[];
  placeholder?: string;
  'aria-label'?: string;
}

/** Selects a row of another module. */
export function ReferenceCombobox({ source, value, onChange, except, ...props }: ReferenceComboboxProps) {
  const queryClient = useQueryClient();
  const [search, setSearch] = useState<string>();
  const selected = useReference(source, value);

  return (
    <Combobox
      {...props}
      selected={selected}
      onSelect={(option) => {
        if (option) {
          queryClient.setQueryData(referenceKey(source, option.value), option);
        }
        onChange(option?.value ?? '');
      }}
      search={search}
      onSearchChange={setSearch}
      {...useReferenceOptions(source, search, except)}
    />
  );
}

interface ReferenceFieldProps extends ReferenceComboboxProps {
  error?: ReactNode;
}

/** The control of a form for a reference. */
export function ReferenceField({ error, ...props }: ReferenceFieldProps) {
  return (
    <Field label={props.label} error={error}>
      {(control) => <ReferenceCombobox {...props} {...control} />}
    </Field>
  );
}

interface ReferencesFieldProps extends ComboboxProps {
  source: ReferenceSource;
  /** The ids of rows. */
  value: string[];
  onChange: (value: string[]) => void;
  error?: ReactNode;
}

/** The control of a form for several references. */
export function ReferencesField({ source, value, onChange, error, ...props }: ReferencesFieldProps) {
  return (
    <Field label={props.label} error={error}>
      {(control) => (
        <div className="grid gap-2">
          {value.length > 0 && (
            <ul aria-label={props.label} className="flex flex-wrap gap-1.5">
              {value.map((id) => (
                <ReferenceChip
                  key={id}
                  source={source}
                  id={id}
                  onRemove={() => {
                    onChange(value.filter((other) => other !== id));
                    document.getElementById(control.id)?.focus();
                  }}
                />
              ))}
            </ul>
          )}
          <ReferenceCombobox
            {...props}
            {...control}
            source={source}
            value=""
            except={value}
            onChange={(id) => onChange([...value, id])}
          />
        </div>
      )}
    </Field>
  );
}

interface ReferenceChipProps {
  source: ReferenceSource;
  id: string;
  onRemove: () => void;
}

function ReferenceChip({ source, id, onRemove }: ReferenceChipProps) {
  const label = useReference(source, id)?.label ?? '';
  return (
    <li className="flex min-h-8 max-w-full items-center rounded-lg bg-primary-soft pl-2.5 text-sm">
      <span className="min-w-0 py-1 wrap-anywhere">{label}</span>
      <Button variant="ghost" className="size-8 px-0" aria-label={`Remove ${label}`} onClick={onRemove}>
        <X aria-hidden className="size-4" />
      </Button>
    </li>
  );
}

/** The labels of the rows that one or several ids refer to. */
export function ReferenceLabels({ source, ids }: { source: ReferenceSource; ids: string | string[] }) {
  const all = [ids].flat().filter(Boolean);
  return all.length === 0
    ? 'None'
    : all.map((id, index) => (
        <Fragment key={id}>
          {index > 0 && ', '}
          <ReferenceLabel source={source} id={id} />
        </Fragment>
      ));
}

function ReferenceLabel({ source, id }: { source: ReferenceSource; id: string }) {
  return useReference(source, id)?.label;
}
