import { type Field, isFilter, isSearched, isSort } from '../fields.js';
import type { Names } from '../names.js';
import { columnOf, valuesName } from './columns.js';
import { byName } from './entity.js';

export function createDtoFile(names: Names, fields: Field[]): string {
  const { type, variable } = names;
  const rules = fields.map((field) => `${field.name}: ${columnOf(names, field).rule},\n`).join('');
  const used = ['text', 'timestamp', 'trimmedText'].filter((rule) => rules.includes(` ${rule}(`));
  const withDefaults = fields.some((field) => columnOf(names, field).default);
  return `import { z } from 'zod';
${used.length > 0 ? `import { ${used.join(', ')} } from '../../http/fields.js';\n` : ''}${importOfValues(names, fields)}
export const ${variable}Fields = {
${rules}};

export const create${type}Schema = z
  .strictObject(${withDefaults ? `{\n${fields.map((field) => created(names, field)).join('')}}` : `${variable}Fields`})
  .meta({ id: 'Create${type}' });

export type Create${type}Dto = z.infer<typeof create${type}Schema>;
`;
}

export function updateDtoFile({ singular, type, variable }: Names): string {
  return `import { z } from 'zod';
import { ${variable}Fields } from './create-${singular}.dto.js';

export const update${type}Schema = z.strictObject(${variable}Fields).partial().meta({ id: 'Update${type}' });

export type Update${type}Dto = z.infer<typeof update${type}Schema>;
`;
}

export function findDtoFile(names: Names, fields: Field[]): string {
  const { types } = names;
  const filters = fields.filter(isFilter);
  const searched = fields.some(isSearched);
  const used = [
    ...(filters.some(({ type }) => type === 'boolean') ? ['flag'] : []),
    'pageFields',
    ...(searched ? ['text'] : []),
  ];
  const sorts = [
    'createdAt',
    ...fields
      .filter(isSort)
      .toSorted(byName)
      .map(({ name }) => name),
  ];
  return `import { z } from 'zod';
import { ${used.join(', ')} } from '../../http/fields.js';
${importOfValues(names, fields)}
export const find${types}Schema = z.strictObject({
  ...pageFields,
${filters.map((field) => `${field.name}: ${filterRule(names, field)}.optional(),\n`).join('')}${
    searched ? 'search: text({ max: 200 }).optional(),\n' : ''
  }sort: z.enum([${sorts.flatMap((name) => [`'${name}'`, `'-${name}'`]).join(', ')}]).default('-createdAt'),
});

export type Find${types}Dto = z.infer<typeof find${types}Schema>;
`;
}

export function answerDtoFile(names: Names, fields: Field[]): string {
  const { type, variable } = names;
  return `import { z } from 'zod';
import { idSchema, page } from '../../http/fields.js';
${importOfValues(names, fields)}
export const ${variable}Schema = z
  .strictObject({
    id: idSchema,
${fields.map((field) => `${field.name}: ${columnOf(names, field).answer},\n`).join('')}createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: '${type}' });

export const ${variable}PageSchema = page(${variable}Schema).meta({ id: '${type}Page' });
`;
}

function created(names: Names, field: Field): string {
  const value = columnOf(names, field).default;
  return `${field.name}: ${names.variable}Fields.${field.name}${value ? `.default(${value})` : ''},\n`;
}

function filterRule(names: Names, field: Field): string {
  return field.type === 'boolean' ? 'flag()' : `z.enum(${valuesName(names, field)})`;
}

function importOfValues(names: Names, fields: Field[]): string {
  const values = fields.filter(({ type }) => type === 'enum').map((field) => valuesName(names, field));
  if (values.length === 0) return '';
  return `import { ${values.toSorted().join(', ')} } from '../entities/${names.singular}.entity.js';\n`;
}
