import { z } from 'zod';

export const meSchema = z
  .strictObject({
    id: z.string(),
    email: z.string().nullable(),
    name: z.string().nullable(),
  })
  .meta({ id: 'Me' });

export type Me = z.infer<typeof meSchema>;
