import { Controller, type UseFormReturn } from 'react-hook-form';
import { ReferenceField, ReferencesField } from '@/components/references/reference-field';
import { Field, inputClassName, TextField } from '@/components/ui/field';
import { cn } from '@/lib/cn';
import { sampleParentReference } from './src/features/sample-items/api/sample-parent-reference';

type Values = {
  string: string;
  text: string;
  boolean: boolean;
  integer: string;
  decimal: string;
  date: string;
  timestamp: string;
  enum: string;
  url: string;
  email: string;
  list: string;
  json: string;
  ref: string;
  refs: string[];
};

/** Form controls, one for each type of field. The generator copies the control that a field needs. */
export function Controls({ form }: { form: UseFormReturn<Values> }) {
  return (
    <>
      <TextField
        label="Label"
        autoComplete="off"
        {...form.register('string')}
        error={form.formState.errors.string?.message}
      />
      <Field label="Label" error={form.formState.errors.text?.message}>
        {(control) => (
          <textarea
            {...form.register('text')}
            {...control}
            rows={5}
            className={cn(inputClassName, 'py-2.5 leading-relaxed')}
          />
        )}
      </Field>
      <label className="flex w-fit items-center gap-2.5 text-sm font-medium">
        <input type="checkbox" className="size-4.5 accent-primary" {...form.register('boolean')} />
        Label
      </label>
      <TextField
        label="Label"
        inputMode="numeric"
        {...form.register('integer')}
        error={form.formState.errors.integer?.message}
      />
      <TextField
        label="Label"
        inputMode="decimal"
        {...form.register('decimal')}
        error={form.formState.errors.decimal?.message}
      />
      <TextField
        label="Label"
        type="date"
        {...form.register('date')}
        error={form.formState.errors.date?.message}
      />
      <TextField
        label="Label"
        type="datetime-local"
        {...form.register('timestamp')}
        error={form.formState.errors.timestamp?.message}
      />
      <Field label="Label" error={form.formState.errors.enum?.message}>
        {(control) => (
          <select {...form.register('enum')} {...control} className={cn(inputClassName, 'h-11')}>
            <option value="">None</option>
            <option value="value">Value</option>
          </select>
        )}
      </Field>
      <TextField
        label="Label"
        type="url"
        placeholder="https://"
        {...form.register('url')}
        error={form.formState.errors.url?.message}
      />
      <TextField
        label="Label"
        type="email"
        autoComplete="off"
        {...form.register('email')}
        error={form.formState.errors.email?.message}
      />
      <Field label="Label" hint="One per line" error={form.formState.errors.list?.message}>
        {(control) => (
          <textarea
            {...form.register('list')}
            {...control}
            rows={3}
            className={cn(inputClassName, 'py-2.5 leading-relaxed')}
          />
        )}
      </Field>
      <Field label="Label" hint="JSON" error={form.formState.errors.json?.message}>
        {(control) => (
          <textarea
            {...form.register('json')}
            {...control}
            rows={4}
            spellCheck={false}
            className={cn(inputClassName, 'py-2.5 font-mono text-sm leading-relaxed')}
          />
        )}
      </Field>
      <Controller
        control={form.control}
        name="ref"
        render={({ field }) => (
          <ReferenceField
            label="Label"
            canClear
            source={sampleParentReference}
            {...field}
            error={form.formState.errors.ref?.message}
          />
        )}
      />
      <Controller
        control={form.control}
        name="refs"
        render={({ field }) => (
          <ReferencesField
            label="Label"
            source={sampleParentReference}
            {...field}
            error={form.formState.errors.refs?.message}
          />
        )}
      />
    </>
  );
}
