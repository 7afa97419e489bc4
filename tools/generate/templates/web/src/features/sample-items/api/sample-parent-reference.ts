import type { Schemas } from '@app/api-client';
import type { ComboboxOption } from '@/components/ui/combobox';
import { unwrap } from '@/lib/api/api-error';
import type { ReferenceSource } from '@/lib/references/reference-source';

/** Finds the sample parents that a row can refer to. */
export const sampleParentReference: ReferenceSource = {
  queryKey: ['sample-parents'],
  find: async (api, search, signal) => {
    const query = { limit: 50, sort: 'title', ...(search && { search }) } as const;
    const { data } = await unwrap(api.GET('/api/sample-parents', { params: { query }, signal }));
    return data.items.map(toOption);
  },
  findOne: async (api, id, signal) => {
    const { data } = await unwrap(api.GET('/api/sample-parents/{id}', { params: { path: { id } }, signal }));
    return toOption(data);
  },
};

function toOption({ id, title }: Schemas['SampleParent']): ComboboxOption {
  return { value: id, label: title };
}
