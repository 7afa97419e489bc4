import { type Field, isFilter, isSearched, isSort } from '../fields.js';
import type { Names } from '../names.js';
import { columnOf } from './columns.js';
import { byName } from './entity.js';

export function e2eSpecFile(names: Names, fields: Field[]): string {
  const { plural, thing } = names;
  const path = `/api/${plural}`;
  return `import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type Client, type RunningApi, startApi } from '../../test/running-api.js';

let api: RunningApi;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.close());

const example = ${object(fields, (field) => sample(field))};

const create = async (user: Client, values: object = {}) => {
  const response = await user.post('${path}').send({ ...example, ...values }).expect(201);
  return { ...response.body, etag: response.headers.etag as string };
};

describe('POST ${path}', () => {
  it('answers the new ${thing}, its address and its ETag', async () => {
    const ada = await api.as('ada');
    const { body, headers } = await ada.post('${path}').send(example).expect(201);
    expect(body).toEqual({
      ...example,
      id: expect.any(String),
      createdAt: expect.any(String),
      updatedAt: body.createdAt,
    });
    expect(headers).toMatchObject({ location: \`${path}/\${body.id}\`, etag: '"1"' });
    const { body: found } = await ada.get(headers.location!).expect(200);
    expect(found).toEqual(body);
  });

  ${defaults(names, fields, path)}it('makes one ${thing} of two requests with the same Idempotency-Key', async () => {
    const ada = await api.as('ada');
    const send = () => ada.post('${path}').set('Idempotency-Key', 'k').send(example).expect(201);
    const [first, second] = [await send(), await send()];
    expect(second.body).toEqual(first.body);
  });

  it.each([
    ${fields.map((field) => `[{ ${field.name}: ${wrong(field)} }, '/${field.name}'],\n`).join('')}[{ ownerId: 'bob' }, '/ownerId'],
  ])('refuses %j, and says where', async (values, pointer) => {
    const ada = await api.as('ada');
    const { body } = await ada.post('${path}').send({ ...example, ...values }).expect(400);
    expect(body.errors).toEqual([{ pointer, detail: expect.any(String) }]);
  });
});

describe('GET ${path}', () => {
  ${[walk(names, fields, path), search(fields, path), filter(fields, path)].join('')}});

describe('one ${thing}', () => {
  it("hides one user's ${thing} from another, as if it did not exist", async () => {
    const [ada, bob] = [await api.as('ada'), await api.as('bob')];
    const { id, etag: _, ...values } = await create(ada);
    for (const path of [\`${path}/\${id}\`, \`${path}/\${randomUUID()}\`]) {
      await bob.get(path).expect(404);
      await bob.patch(path).send({}).expect(404);
      await bob.delete(path).expect(404);
    }
    const { body } = await ada.get(\`${path}/\${id}\`).expect(200);
    expect(body).toEqual({ id, ...values });
  });

  it('is changed in what the client names, and nothing else', async () => {
    const ada = await api.as('ada');
    const { etag, ...before } = await create(ada);
    const changes = { ${change(fields)} };
    const { body, headers } = await ada.patch(\`${path}/\${before.id}\`).send(changes).expect(200);
    expect(body).toEqual({ ...before, ...changes, updatedAt: body.updatedAt });
    expect(headers.etag).not.toBe(etag);
  });

  ${cleared(fields, path)}it('is kept where it was changed since', async () => {
    const ada = await api.as('ada');
    const { id, etag } = await create(ada);
    const send = () => ada.patch(\`${path}/\${id}\`).set('If-Match', etag).send({ ${change(fields)} });
    const { headers } = await send().expect(200);
    await send().expect(412);
    await ada.delete(\`${path}/\${id}\`).set('If-Match', etag).expect(412);
    await ada.delete(\`${path}/\${id}\`).set('If-Match', headers.etag!).expect(204);
  });

  it('is removed, once', async () => {
    const ada = await api.as('ada');
    const { id } = await create(ada);
    await ada.delete(\`${path}/\${id}\`).expect(204);
    await ada.delete(\`${path}/\${id}\`).expect(404);
    await ada.get(\`${path}/\${id}\`).expect(404);
  });
});
`;
}

function defaults(names: Names, fields: Field[], path: string): string {
  const left = fields.filter((field) => columnOf(names, field).default);
  const asked = fields.filter((field) => !columnOf(names, field).default);
  if (left.length === 0) return '';
  return `it('asks for ${asked.length > 0 ? `${list(asked)} alone` : 'nothing'}', async () => {
    const ada = await api.as('ada');
    const { body } = await ada.post('${path}').send(${object(asked, (field) => sample(field))}).expect(201);
    expect(body).toMatchObject(${object(left, (field) => columnOf(names, field).default as string)});
  });

  `;
}

function walk({ thing }: Names, fields: Field[], path: string): string {
  const sorts = fields.filter(isSort).toSorted(byName);
  const names = ['createdAt', ...sorts.map(({ name }) => name)].flatMap((name) => [
    `'${name}'`,
    `'-${name}'`,
  ]);
  return `it.each([${names.join(', ')}])('walks every ${thing} once, sorted by %s', async (sort) => {
    const ada = await api.as('ada');
    ${created(sorts)}
    const items = [];
    let cursor = '';
    do {
      const { body } = await ada.get(\`${path}?limit=1&sort=\${sort}\${cursor && \`&cursor=\${cursor}\`}\`).expect(200);
      items.push(...body.items);
      cursor = body.nextCursor;
    } while (cursor);
    expect(new Set(items.map((item) => item.id)).size).toBe(4);
    const values = items.map((item) => item[sort.replace('-', '')]);
    const present = values.filter((value) => value !== null);
    const sorted = present.toSorted((a, b) => (a < b ? -1 : Number(a > b)));
    expect(present).toEqual(sort.startsWith('-') ? sorted.toReversed() : sorted);
    expect(values.slice(0, present.length)).toEqual(present);
  });
`;
}

/** Four rows, two of them alike. */
function created(sorts: Field[]): string {
  if (sorts.length === 0) return 'for (let index = 0; index < 4; index++) {\nawait create(ada);\n}';
  const rows = [1, 0, 1, 2].map((rank) =>
    object(sorts, (field) => (rank === 2 && field.nullable ? 'null' : sample(field, rank))),
  );
  return `for (const values of [${rows.join(', ')}]) {\nawait create(ada, values);\n}`;
}

function search(fields: Field[], path: string): string {
  const searched = fields.filter(isSearched);
  if (searched.length === 0) return '';
  return `
  it('finds text in ${list(searched)}', async () => {
    const ada = await api.as('ada');
    await create(ada);
    ${searched.map((field) => `await create(ada, { ${field.name}: ${letters(field, 'Z')} });\n`).join('')}const { body } = await ada.get('${path}?search=z').expect(200);
    expect(body.items).toHaveLength(${searched.length});
  });
`;
}

function filter(fields: Field[], path: string): string {
  const filters = fields.filter((field) => isFilter(field) && field.values?.length !== 1);
  if (filters.length === 0) return '';
  return `
  it.each([
    ${filters.map((field) => `['${field.name}', ${sample(field)}, ${sample(field, 1)}],\n`).join('')}])('can be narrowed to one value of %s', async (name, value, other) => {
    const ada = await api.as('ada');
    await create(ada, { [name]: value });
    await create(ada, { [name]: other });
    const { body } = await ada.get(\`${path}?\${name}=\${value}\`).expect(200);
    expect(body.items).toEqual([expect.objectContaining({ [name]: value })]);
  });
`;
}

function cleared(fields: Field[], path: string): string {
  const nullable = fields.filter((field) => field.nullable);
  if (nullable.length === 0) return '';
  return `it('is cleared of what may be null', async () => {
    const ada = await api.as('ada');
    const { id } = await create(ada);
    const changes = ${object(nullable, () => 'null')};
    const { body } = await ada.patch(\`${path}/\${id}\`).send(changes).expect(200);
    expect(body).toMatchObject(changes);
  });

  `;
}

function change(fields: Field[]): string {
  const [field] = fields as [Field];
  return `${field.name}: ${sample(field, 1)}`;
}

/** A value that the field takes; a higher rank sorts behind a lower one, where there is room. */
function sample(field: Field, rank = 0): string {
  switch (field.type) {
    case 'string':
    case 'text':
      return letters(field, 'abc'.charAt(rank));
    case 'boolean':
      return String(rank === 0);
    case 'integer': {
      const { min, max } = field.range ?? { min: 1, max: 3 };
      return String(Math.min(min + rank, max));
    }
    case 'timestamp':
      return `'2026-12-2${rank + 4}T18:00:00.000Z'`;
    case 'enum':
      return `'${field.values?.[rank] ?? field.values?.[0]}'`;
  }
}

function letters({ range }: Field, letter: string): string {
  const length = Math.max(1, range?.min ?? 1);
  return length > 20 ? `'${letter}'.repeat(${length})` : `'${letter.repeat(length)}'`;
}

function wrong(field: Field): string {
  switch (field.type) {
    case 'string':
      return field.range?.min ? "''" : '7';
    case 'text':
      return '7';
    case 'boolean':
      return "'true'";
    case 'integer':
      return field.range ? String(field.range.max + 1) : '1.5';
    case 'timestamp':
      return "'tomorrow'";
    case 'enum':
      return "'?'";
  }
}

function object(fields: Field[], value: (field: Field) => string): string {
  return `{ ${fields.map((field) => `${field.name}: ${value(field)}`).join(', ')} }`;
}

/** `title, body and status` */
function list(fields: Field[]): string {
  const names = fields.map(({ name }) => name);
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : (names[0] as string);
}
