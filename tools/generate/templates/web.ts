import type { Field } from '../fields.js';
import { capitalized, type Names } from '../names.js';

const features = 'apps/web/src/features';
const pages = 'apps/web/src/app/(signed-in)';

/** The pages of a module: a list, a form for a new one, and one that shows, changes and deletes, with a browser test. */
export function webFiles(names: Names, fields: Field[]): [path: string, source: string][] {
  const { singular, plural } = names;
  const folder = `${features}/${plural}`;
  return [
    [`${folder}/api/create-${singular}.ts`, createFile(names)],
    [`${folder}/api/delete-${singular}.ts`, deleteFile(names)],
    [`${folder}/api/get-${singular}.ts`, getFile(names)],
    [`${folder}/api/list-${plural}.ts`, listFile(names)],
    [`${folder}/api/update-${singular}.ts`, updateFile(names)],
    [`${folder}/${singular}-form-schema.ts`, formSchemaFile(names, fields)],
    [`${folder}/${singular}-form.tsx`, formFile(names, fields)],
    [`${folder}/edit-${singular}-screen.tsx`, editScreenFile(names)],
    [`${folder}/new-${singular}-screen.tsx`, newScreenFile(names)],
    [`${folder}/${plural}-screen.tsx`, listScreenFile(names, fields)],
    [`${pages}/${plural}/page.tsx`, page(names.types, sentence(names.things), `${plural}-screen`, plural)],
    [
      `${pages}/${plural}/new/page.tsx`,
      page(`New${names.type}`, `New ${names.thing}`, `new-${singular}-screen`, plural),
    ],
    [`${pages}/${plural}/[id]/page.tsx`, onePage(names)],
    [`apps/web/test/${plural}.browser.ts`, browserTestFile(names, fields)],
  ];
}

/** What leads to a module in the menu. */
export function sectionOf({ plural, things }: Names): string {
  return `{ href: '/${plural}', name: '${sentence(things)}' }`;
}

function createFile({ plural, type, thing }: Names): string {
  return `import type { Schemas } from '@app/api-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf } from '@/lib/api-error';
import { useSignedIn } from '@/lib/signed-in';

/** Makes a ${thing}. */
export function useCreate${type}() {
  const { api } = useSignedIn();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ values, idempotencyKey }: { values: Schemas['Create${type}']; idempotencyKey: string }) =>
      answerOf(
        api.POST('/api/${plural}', { params: { header: { 'Idempotency-Key': idempotencyKey } }, body: values }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['${plural}'] }),
  });
}
`;
}

function deleteFile({ plural, type, thing }: Names): string {
  return `import { useMutation, useQueryClient } from '@tanstack/react-query';
import { showToast } from '@/components/ui/toasts';
import { answerOf, ApiError, sentenceFor } from '@/lib/api-error';
import { useSignedIn } from '@/lib/signed-in';

/** Deletes a ${thing}; that it is gone already is fine. */
export function useDelete${type}(id: string) {
  const { api } = useSignedIn();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      try {
        await answerOf(api.DELETE('/api/${plural}/{id}', { params: { path: { id } } }));
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 404)) throw error;
      }
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['${plural}', 'list'] }),
    onError: (error) => showToast({ tone: 'error', message: \`Not deleted. \${sentenceFor(error)}\` }),
  });
}
`;
}

function getFile({ plural, type, variable, thing }: Names): string {
  return `import { useQuery } from '@tanstack/react-query';
import { answerOf } from '@/lib/api-error';
import { useSignedIn } from '@/lib/signed-in';

/** One ${thing} with the mark of its version, which a change sends along: nobody overwrites what they have not seen. */
export function use${type}(id: string) {
  const { api } = useSignedIn();
  return useQuery({
    queryKey: ['${plural}', 'one', id],
    queryFn: async ({ signal }) => {
      const { data, etag } = await answerOf(api.GET('/api/${plural}/{id}', { params: { path: { id } }, signal }));
      return { ${variable}: data, etag };
    },
    // A form that is open stays as it is: another version is met when it is saved.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}
`;
}

function listFile({ plural, types, things }: Names): string {
  return `import { useInfiniteQuery } from '@tanstack/react-query';
import { answerOf } from '@/lib/api-error';
import { useSignedIn } from '@/lib/signed-in';

const pageSize = 25;

/** The ${things} of the person who is signed in, the newest first, page after page. */
export function use${types}() {
  const { api } = useSignedIn();
  return useInfiniteQuery({
    queryKey: ['${plural}', 'list'],
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: pageSize, ...(pageParam !== null && { cursor: pageParam }) };
      return (await answerOf(api.GET('/api/${plural}', { params: { query }, signal }))).data;
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
}
`;
}

function updateFile({ plural, type, thing }: Names): string {
  return `import type { Schemas } from '@app/api-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf } from '@/lib/api-error';
import { useSignedIn } from '@/lib/signed-in';

export interface ${type}Change {
  changes: Schemas['Update${type}'];
  /** The version that the person has seen: where the server has another one, it refuses the change with 412. */
  etag: string | null;
}

/** Saves what has changed of a ${thing}. */
export function useUpdate${type}(id: string) {
  const { api } = useSignedIn();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ changes, etag }: ${type}Change) =>
      answerOf(
        api.PATCH('/api/${plural}/{id}', {
          params: { path: { id }, ...(etag !== null && { header: { 'If-Match': etag } }) },
          body: changes,
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['${plural}'] }),
  });
}
`;
}

function formSchemaFile({ type, variable, thing }: Names, fields: Field[]): string {
  const usesDates = fields.some((field) => field.type === 'timestamp');
  return `import type { Schemas } from '@app/api-client';
${usesDates ? "import { format, parseISO } from 'date-fns';\n" : ''}import { z } from 'zod';

/** What the form of a ${thing} holds, as its controls have it; the api has the last word on what is good. */
export const ${variable}FormSchema = z.object({
${fields.map((field) => `${field.name}: ${formRule(field)},\n`).join('')}});

export type ${type}Form = z.infer<typeof ${variable}FormSchema>;

export const empty${type}Form: ${type}Form = {
${fields.map((field) => `${field.name}: ${emptyValue(field)},\n`).join('')}};

export function to${type}Form(${variable}: Schemas['${type}']): ${type}Form {
  return {
${fields.map((field) => `${field.name}: ${toForm(field, `${variable}.${field.name}`)},\n`).join('')}};
}

export function to${type}Values(form: ${type}Form): Schemas['Create${type}'] {
  return {
${fields.map((field) => `${field.name}: ${toValue(field, `form.${field.name}`)},\n`).join('')}};
}

/** The members that the api has to change. */
export function changesBetween(before: ${type}Form, after: ${type}Form): Schemas['Update${type}'] {
  const changed = Object.entries(to${type}Values(after)).filter(
    ([name]) => before[name as keyof ${type}Form] !== after[name as keyof ${type}Form],
  );
  return Object.fromEntries(changed) as Schemas['Update${type}'];
}
`;
}

function formFile({ singular, type, variable, thing }: Names, fields: Field[]): string {
  const has = (...types: Field['type'][]) => fields.some((field) => types.includes(field.type));
  const dates = has('timestamp');
  const controls = [
    ...(has('text', 'enum') ? ['controlStyle', 'Field'] : []),
    ...(has('string', 'integer', 'timestamp') ? ['TextField'] : []),
  ];
  return `'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { ${dates ? 'type FormEvent, ' : ''}type ReactNode, useState } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import { Button } from '@/components/ui/button';
${controls.length > 0 ? `import { ${controls.join(', ')} } from '@/components/ui/field';\n` : ''}import { Notice } from '@/components/ui/notice';
import { showToast } from '@/components/ui/toasts';
import { ApiError, sentenceFor } from '@/lib/api-error';
${has('text', 'enum') ? "import { cn } from '@/lib/cn';\n" : ''}import { dropDraft } from '@/lib/drafts';
${dates ? "import { halfTypedDate } from '@/lib/half-typed-date';\n" : ''}import { useSignedIn } from '@/lib/signed-in';
import { useDraft } from '@/lib/use-draft';
import { useIsOnScreen } from '@/lib/use-is-on-screen';
import { type ${type}Form as Values, ${variable}FormSchema } from './${singular}-form-schema';

interface ${type}FormProps {
  values: Values;
  /** Under what name it is kept while it is not saved. */
  draft: string;
  save: (values: Values) => Promise<unknown>;
  onSaved: () => void;
  children?: ReactNode;
}

/** The fields of a ${thing}. What can't be saved stays in them. */
export function ${type}Form({ values, draft, save, onSaved, children }: ${type}FormProps) {
  const { user } = useSignedIn();
  const [failure, setFailure] = useState<string>();
  const form = useForm({ resolver: zodResolver(${variable}FormSchema), defaultValues: values });
  const { errors, isDirty, isSubmitting } = form.formState;
  const typed = useWatch({ control: form.control }) as Values;
  const isOnScreen = useIsOnScreen();

  useDraft(draft, isDirty ? typed : undefined, (kept: Values) => form.reset(kept, { keepDefaultValues: true }));

  async function ${dates ? 'send' : 'submit'}(given: Values) {
    setFailure(undefined);
    try {
      await save(given);
      dropDraft(user.id, draft);
      if (isOnScreen.current) onSaved();
    } catch (error) {
      if (!isOnScreen.current) {
        showToast({ tone: 'error', message: \`The ${thing} was not saved. \${sentenceFor(error)}\` });
      }
      const problems = error instanceof ApiError ? (error.problem?.errors ?? []) : [];
      for (const { pointer, detail } of problems) {
        if (pointer) form.setError(pointer.slice(1) as keyof Values, { message: detail });
      }
      setFailure(
        error instanceof ApiError && error.status === 412
          ? 'Not saved: this was changed elsewhere since you opened it. Reload the page to see it as it is now.'
          : \`Not saved. \${sentenceFor(error)}\`,
      );
    }
  }
${
  dates
    ? `
  function submit(event: FormEvent<HTMLFormElement>) {
    const name = halfTypedDate(event.currentTarget);
    if (!name) return form.handleSubmit(send)(event);
    event.preventDefault();
    form.setError(name as keyof Values, { message: 'This is not a date.' }, { shouldFocus: true });
  }
`
    : ''
}
  return (
    <form noValidate onSubmit={${dates ? 'submit' : 'form.handleSubmit(submit)'}} className="grid gap-5">
      {failure && <Notice tone="error">{failure}</Notice>}
${fields.map(control).join('\n')}
      <div className="mt-2 flex flex-wrap justify-end gap-2">
        {children}
        <Button type="submit" busy={isSubmitting}>
          Save
        </Button>
      </div>
    </form>
  );
}
`;
}

function editScreenFile({ singular, plural, type, variable, thing, things }: Names): string {
  return `'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { LinkButton } from '@/components/ui/link-button';
import { Notice } from '@/components/ui/notice';
import { Skeleton } from '@/components/ui/skeleton';
import { ApiError, sentenceFor } from '@/lib/api-error';
import { useDelete${type} } from './api/delete-${singular}';
import { use${type} } from './api/get-${singular}';
import { useUpdate${type} } from './api/update-${singular}';
import { ${type}Form } from './${singular}-form';
import { changesBetween, to${type}Form } from './${singular}-form-schema';

/** One ${thing}: shown, changed, deleted. */
export function Edit${type}Screen({ id }: { id: string }) {
  const router = useRouter();
  const { data, error, refetch } = use${type}(id);
  const { mutateAsync: update } = useUpdate${type}(id);

  if (error instanceof ApiError && [400, 404].includes(error.status)) {
    return (
      <div className="grid justify-items-start gap-4">
        <h1 className="text-3xl font-semibold tracking-tight">${sentence(thing)} not found</h1>
        <p className="text-muted">It was deleted, or it belongs to someone else.</p>
        <LinkButton href="/${plural}">All ${things}</LinkButton>
      </div>
    );
  }
  if (error) {
    return (
      <div className="grid justify-items-start gap-4">
        <Notice tone="error">{sentenceFor(error)}</Notice>
        <Button tone="plain" onClick={() => refetch()}>
          Try again
        </Button>
      </div>
    );
  }
  if (!data) return <Skeleton className="h-72" />;

  const before = to${type}Form(data.${variable});
  return (
    <div className="grid max-w-xl gap-6">
      <h1 className="text-3xl font-semibold tracking-tight">Edit ${thing}</h1>
      <${type}Form
        values={before}
        draft={\`${singular}.\${id}\`}
        save={(after) => update({ changes: changesBetween(before, after), etag: data.etag })}
        onSaved={() => router.push('/${plural}')}
      >
        <Delete${type} id={id} />
      </${type}Form>
    </div>
  );
}

/** Asks once more: there is no way back. */
function Delete${type}({ id }: { id: string }) {
  const router = useRouter();
  const { mutate: remove, isPending } = useDelete${type}(id);
  const [isSure, setIsSure] = useState(false);

  function press() {
    if (!isSure) return setIsSure(true);
    // Called only while this page is there: who has left it is led nowhere.
    remove(undefined, { onSuccess: () => router.push('/${plural}') });
  }

  return (
    <Button tone={isSure ? 'danger' : 'quiet'} className="mr-auto" busy={isPending} onClick={press}>
      {isSure ? 'Delete for good' : 'Delete'}
    </Button>
  );
}
`;
}

function newScreenFile({ singular, plural, type, thing }: Names): string {
  return `'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { v4 as uuid } from 'uuid';
import { useCreate${type} } from './api/create-${singular}';
import { ${type}Form } from './${singular}-form';
import { empty${type}Form, to${type}Values } from './${singular}-form-schema';

/** A form for a ${thing}. Sent twice, it makes one. */
export function New${type}Screen() {
  const router = useRouter();
  const { mutateAsync: create } = useCreate${type}();
  const [sent, setSent] = useState({ values: '', idempotencyKey: '' });

  return (
    <div className="grid max-w-xl gap-6">
      <h1 className="text-3xl font-semibold tracking-tight">New ${thing}</h1>
      <${type}Form
        values={empty${type}Form}
        draft="new-${singular}"
        save={(form) => {
          const values = JSON.stringify(form);
          const idempotencyKey = sent.values === values ? sent.idempotencyKey : uuid();
          setSent({ values, idempotencyKey });
          return create({ values: to${type}Values(form), idempotencyKey });
        }}
        onSaved={() => router.push('/${plural}')}
      />
    </div>
  );
}
`;
}

function listScreenFile({ plural, type, types, variable, thing, things }: Names, fields: Field[]): string {
  const title =
    fields.find((field) => field.type === 'string') ?? fields.find((field) => field.type === 'text');
  const shown = title
    ? `${variable}.${title.name}${title.nullable || title.type === 'text' ? ` || 'Without ${words(title.name).join(' ')}'` : ''}`
    : `new Date(${variable}.createdAt).toLocaleString()`;
  return `'use client';

import Link from 'next/link';
import type { Schemas } from '@app/api-client';
import { Button } from '@/components/ui/button';
import { LinkButton } from '@/components/ui/link-button';
import { Notice } from '@/components/ui/notice';
import { Skeleton } from '@/components/ui/skeleton';
import { sentenceFor } from '@/lib/api-error';
import { use${types} } from './api/list-${plural}';

/** All ${things} of the person who is signed in. */
export function ${types}Screen() {
  const { data, error, isFetching, isFetchingNextPage, hasNextPage, fetchNextPage, refetch } = use${types}();
  const rows = data?.pages.flatMap(({ items }) => items);

  return (
    <div className="grid gap-6">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-3xl font-semibold tracking-tight">${sentence(things)}</h1>
        <LinkButton href="/${plural}/new">New ${thing}</LinkButton>
      </div>
      {error && (
        <Notice tone="error">
          {sentenceFor(error)}{' '}
          <Button tone="quiet" size="small" busy={isFetching} onClick={() => refetch()}>
            Try again
          </Button>
        </Notice>
      )}
      {!rows && !error && <Skeleton className="h-72" />}
      {rows?.length === 0 && <p className="text-muted">There is nothing here yet.</p>}
      {rows && rows.length > 0 && (
        <ul
          aria-label="${sentence(things)}"
          className="divide-y divide-line overflow-clip rounded-2xl border border-line bg-surface shadow-card"
        >
          {rows.map((${variable}) => (
            <li key={${variable}.id}>
              <Link href={\`/${plural}/\${${variable}.id}\`} className="block px-5 py-4 wrap-anywhere hover:bg-hover">
                {titleOf(${variable})}
              </Link>
            </li>
          ))}
        </ul>
      )}
      {hasNextPage && (
        <Button tone="quiet" busy={isFetchingNextPage} onClick={() => fetchNextPage()}>
          Show more
        </Button>
      )}
    </div>
  );
}

function titleOf(${variable}: Schemas['${type}']): string {
  return ${shown};
}
`;
}

function page(name: string, title: string, file: string, plural: string): string {
  return `import type { Metadata } from 'next';
import { ${name}Screen } from '@/features/${plural}/${file}';

export const metadata: Metadata = { title: '${title}' };

export default function ${name}Page() {
  return <${name}Screen />;
}
`;
}

function onePage({ singular, plural, type, thing }: Names): string {
  return `import type { Metadata } from 'next';
import { Edit${type}Screen } from '@/features/${plural}/edit-${singular}-screen';

export const metadata: Metadata = { title: 'Edit ${thing}' };

export default async function Edit${type}Page({ params }: { params: Promise<{ id: string }> }) {
  return <Edit${type}Screen id={(await params).id} />;
}
`;
}

function browserTestFile({ singular, plural, thing, things }: Names, fields: Field[]): string {
  const changed = fields.find((field) => field.type !== 'boolean') ?? fields[0]!;
  const label = (field: Field) =>
    `page.getByLabel('${sentence(words(field.name).join(' '))}', { exact: true })`;
  return `import { expect, test } from './people.js';

test('a ${thing} is made, kept, changed and deleted', async ({ ada: { page }, bob }) => {
  await page.goto('/${plural}');
  await page.getByRole('button', { name: 'New ${thing}' }).click();
${fields.map((field) => `  await ${label(field)}${fillIn(field, 0)};\n`).join('')}  await page.getByRole('button', { name: 'Save' }).click();
  const one = page.getByRole('list', { name: '${sentence(things)}' }).getByRole('link');
  await expect(one).toHaveCount(1);

  await one.click();
  await expect(page.getByRole('heading', { name: 'Edit ${thing}' })).toBeVisible();
${fields.map((field) => `  await expect(${label(field)})${isFilledIn(field, 0)};\n`).join('')}  const address = page.url();
  await ${label(changed)}${fillIn(changed, 1)};
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(one).toHaveCount(1);
  await page.goto(address);
  await expect(${label(changed)})${isFilledIn(changed, 1)};

  await bob.page.goto(address);
  await expect(bob.page.getByRole('heading', { name: '${sentence(thing)} not found' })).toBeVisible();

  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete for good' }).click();
  await expect(page.getByText('There is nothing here yet.')).toBeVisible();
});

test('the form of a ${thing} keeps what was typed through a reload', async ({ ada: { page } }) => {
  await page.goto('/${plural}/new');
  await ${label(changed)}${fillIn(changed, 1)};
  await page.waitForFunction(() => Object.keys(sessionStorage).some((name) => name.endsWith('new-${singular}')));
  await page.reload();
  await expect(${label(changed)})${isFilledIn(changed, 1)};
});
`;
}

function formRule({ type, nullable, range, values }: Field): string {
  const list = values?.map((value) => `'${value}'`).join(', ');
  switch (type) {
    case 'string':
      return nullable || range?.min === 0
        ? 'z.string().trim()'
        : "z.string().trim().min(1, 'This is needed.')";
    case 'text':
      return nullable || !range?.min ? 'z.string()' : "z.string().min(1, 'This is needed.')";
    case 'boolean':
      return 'z.boolean()';
    case 'integer':
      return `z.string().regex(/^-?\\d{1,10}$${nullable ? '|^$' : ''}/, 'This is not a whole number.')`;
    case 'timestamp':
      return nullable ? 'z.string()' : "z.string().min(1, 'This is needed.')";
    case 'enum':
      return `z.enum([${list}${nullable ? ", ''" : ''}])`;
  }
}

function emptyValue({ type, nullable, values }: Field): string {
  if (type === 'boolean') return 'false';
  return type === 'enum' && !nullable ? `'${values![0]}'` : "''";
}

function toForm({ type, nullable }: Field, value: string): string {
  switch (type) {
    case 'boolean':
      return nullable ? `${value} ?? false` : value;
    case 'integer':
      return nullable ? `${value}?.toString() ?? ''` : `String(${value})`;
    case 'timestamp': {
      const shown = `format(parseISO(${value}), "yyyy-MM-dd'T'HH:mm")`;
      return nullable ? `${value} ? ${shown} : ''` : shown;
    }
    default:
      return nullable ? `${value} ?? ''` : value;
  }
}

function toValue({ type, nullable }: Field, value: string): string {
  switch (type) {
    case 'boolean':
      return value;
    case 'integer':
      return nullable ? `${value} === '' ? null : Number(${value})` : `Number(${value})`;
    case 'timestamp':
      return nullable
        ? `${value} ? parseISO(${value}).toISOString() : null`
        : `parseISO(${value}).toISOString()`;
    default:
      return nullable ? `${value} || null` : value;
  }
}

function control({ name, type, nullable, values }: Field): string {
  const label = sentence(words(name).join(' '));
  const error = `error={errors.${name}?.message}`;
  switch (type) {
    case 'text':
      return `<Field label="${label}" ${error}>
        {(control) => (
          <textarea {...form.register('${name}')} {...control} rows={5} className={cn(controlStyle, 'py-2.5 leading-relaxed')} />
        )}
      </Field>`;
    case 'boolean':
      return `<label className="flex w-fit items-center gap-2.5 text-sm font-medium">
        <input type="checkbox" className="size-4.5 accent-accent" {...form.register('${name}')} />
        ${label}
      </label>`;
    case 'enum':
      return `<Field label="${label}" ${error}>
        {(control) => (
          <select {...form.register('${name}')} {...control} className={cn(controlStyle, 'h-11')}>
            ${nullable ? '<option value="">None</option>' : ''}${values!.map((value) => `<option value="${value}">${sentence(value.replaceAll(/[-_]/g, ' '))}</option>`).join('')}
          </select>
        )}
      </Field>`;
    case 'integer':
      return `<TextField label="${label}" inputMode="numeric" {...form.register('${name}')} ${error} />`;
    case 'timestamp':
      return `<TextField label="${label}" type="datetime-local" {...form.register('${name}')} ${error} />`;
    case 'string':
      return `<TextField label="${label}" autoComplete="off" {...form.register('${name}')} ${error} />`;
  }
}

/** What a browser test types: the first value, or another one. */
function sample({ name, type, range, values }: Field, which: 0 | 1): string {
  switch (type) {
    case 'integer':
      return String(which === 0 ? (range?.min ?? 1) : (range?.max ?? 2));
    case 'timestamp':
      return `2030-01-0${which + 1}T10:00`;
    case 'enum':
      return values![Math.min(which, values!.length - 1)]!;
    default:
      // Without spaces: at an end they would be trimmed.
      return `${['Some', 'Other'][which]}-${name}`.padEnd(range?.min ?? 0, '.').slice(0, range?.max);
  }
}

function fillIn(field: Field, which: 0 | 1): string {
  if (field.type === 'boolean') return '.check()';
  return `.${field.type === 'enum' ? 'selectOption' : 'fill'}('${sample(field, which)}')`;
}

function isFilledIn(field: Field, which: 0 | 1): string {
  return field.type === 'boolean' ? '.toBeChecked()' : `.toHaveValue('${sample(field, which)}')`;
}

/** `due at`, of `dueAt`. */
function words(name: string): string[] {
  return name
    .replace(/([A-Z])/g, ' $1')
    .toLowerCase()
    .split(' ');
}

function sentence(text: string): string {
  return capitalized(text);
}
