import type { Schemas } from '@app/api-client';
import { z } from 'zod';

/** The values of the form controls. The API validates the same limits. */
export const sampleItemFormSchema = z.object({});

export type SampleItemForm = z.infer<typeof sampleItemFormSchema>;

export const emptySampleItemForm: SampleItemForm = {};

export function toSampleItemForm(_sampleItem: Schemas['SampleItem']): SampleItemForm {
  return {};
}

export function toSampleItemValues(_form: SampleItemForm): Required<Schemas['CreateSampleItem']> {
  return {};
}

/** Returns the values that the user has changed. */
export function changesBetween(before: SampleItemForm, after: SampleItemForm): Schemas['UpdateSampleItem'] {
  const changes = Object.entries(toSampleItemValues(after)).filter(
    ([name]) =>
      JSON.stringify(before[name as keyof SampleItemForm]) !==
      JSON.stringify(after[name as keyof SampleItemForm]),
  );
  return Object.fromEntries(changes) as Schemas['UpdateSampleItem'];
}
