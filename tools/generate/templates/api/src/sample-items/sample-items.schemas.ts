import { z } from 'zod';
import { idSchema, pageQueryFields, pageSchema } from '../../../../../../apps/api/src/http/field.schemas.js';

const sampleItemFields = {};

export const sampleItemSchema = z
  .strictObject({
    id: idSchema,
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'SampleItem' });

export type SampleItemResponse = z.infer<typeof sampleItemSchema>;

export const sampleItemPageSchema = pageSchema(sampleItemSchema).meta({ id: 'SampleItemPage' });

export type SampleItemPage = z.infer<typeof sampleItemPageSchema>;

export const createSampleItemSchema = z.strictObject({}).meta({ id: 'CreateSampleItem' });

export type CreateSampleItem = z.infer<typeof createSampleItemSchema>;

export const updateSampleItemSchema = z
  .strictObject(sampleItemFields)
  .partial()
  .meta({ id: 'UpdateSampleItem' });

export type UpdateSampleItem = z.infer<typeof updateSampleItemSchema>;

export const findSampleItemsSchema = z.strictObject({
  ...pageQueryFields,
  sort: z.enum(['createdAt', '-createdAt']).default('-createdAt'),
});

export type FindSampleItems = z.infer<typeof findSampleItemsSchema>;
