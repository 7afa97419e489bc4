'use client';

import { useQueryClient } from '@tanstack/react-query';
import { type ComponentProps, type ReactNode, useState } from 'react';
import { Combobox } from '@/components/ui/combobox';
import { Field } from '@/components/ui/field';
import {
  referenceKey,
  type ReferenceSource,
  useReference,
  useReferenceOptions,
} from '@/lib/references/reference-source';

interface ReferenceComboboxProps extends Pick<
  ComponentProps<typeof Combobox>,
  'aria-describedby' | 'aria-invalid' | 'canClear' | 'className' | 'id' | 'label' | 'name' | 'onBlur' | 'ref'
> {
  source: ReferenceSource;
  /** The id of a row, or an empty string. */
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  'aria-label'?: string;
}

/** Selects a row of another module. */
export function ReferenceCombobox({ source, value, onChange, ...props }: ReferenceComboboxProps) {
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
      {...useReferenceOptions(source, search)}
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

/** The label of the row that an id refers to. */
export function ReferenceLabel({ source, id }: { source: ReferenceSource; id: string }) {
  return useReference(source, id)?.label ?? 'None';
}
