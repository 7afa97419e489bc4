import { type Edit, edited } from '../../nesting.js';
import { capitalized, type Names } from '../../names.js';
import { type Field, nestedPath } from '../fields.js';

type File = [path: string, source: string];

/**
 * Turns the list of a module into a section on the page of the row that its rows belong to. A row keeps its own page.
 *
 * @param files the pages of the templates, with the names of the module.
 */
export function nestPages(files: File[], names: Names, parent: Field): File[] {
  const { plural } = names;
  return files
    .filter(([path]) => !path.endsWith(`/${plural}/page.tsx`))
    .map(([path, text]) => {
      const [, edits] = Object.entries(editsOf(names, parent)).find(([end]) => path.endsWith(end)) ?? [];
      return [
        path.replace(`/components/${plural}-screen.tsx`, `/components/${plural}-section.tsx`),
        edits ? edited(text, edits) : text,
      ];
    });
}

/** The edits of each file, by the end of its path. */
function editsOf(names: Names, parent: Field): Record<string, Edit[]> {
  const { plural, singular, type, types, variable } = names;
  const { names: other, collection } = parent.reference!;
  const id = parent.name;
  const page = `\`/${other.plural}/\${${id}}\``;
  const newPage = `{\`/${plural}/new?${id}=\${${id}}\`}`;
  const props = `({ ${id} }: { ${id}: string })`;
  const form: Edit = [new RegExp(`<${type}Form\n`), `<${type}Form\n${id}={${id}}\n`];
  return {
    [`/api/list-${plural}.ts`]: [
      [/'\/api\/[^']*'(?=\])/, `'${nestedPath(names, parent)}'`],
      [
        /'\/api\/[^']*', \{ params: \{ query/,
        `'${nestedPath(names, parent)}', { params: { path: { ${id} }, query`,
      ],
      ['(view: ListView)', `(${id}: string, view: ListView)`],
      ["'list', view]", `'list', ${id}, view]`],
    ],
    [`/api/create-${singular}.ts`]: [
      [/'\/api\/[^']*'/, `'${nestedPath(names, parent)}'`],
      ['params: { header', `params: { path: { ${id} }, header`],
      [`useCreate${type}()`, `useCreate${type}(${id}: string)`],
    ],
    [`/components/${plural}-screen.tsx`]: [
      [`${types}Screen()`, `${types}Section${props}`],
      [`useListView(${variable}ListOptions)`, `useListView(${variable}ListOptions, '${plural}.')`],
      [`use${types}(view)`, `use${types}(${id}, view)`],
      ['import { getErrorMessage }', 'import { ApiError, getErrorMessage }'],
      [
        /( {2}return \(\s*)<div className="grid gap-5">([^]*)<\/div>(\s*\);\n\}\n\nfunction titleOf)/,
        `if (error instanceof ApiError && [400, 404].includes(error.status)) {
          return null;
        }
        $1<section aria-label="${capitalized(names.things)}" className="mt-12 grid gap-5">$2</section>$3`,
      ],
      [/<h1 className="text-3xl (.*)<\/h1>/, '<h2 className="text-xl $1</h2>'],
      [/href="[^"]*\/new"/g, `href=${newPage}`],
      ['buttonVariants()', "buttonVariants({ variant: 'outline' })"],
    ],
    [`/components/new-${singular}-screen.tsx`]: [
      [`New${type}Screen()`, `New${type}Screen${props}`],
      [`useCreate${type}()`, `useCreate${type}(${id})`],
      form,
      [/draft="(.*)"/, `draft={\`$1.\${${id}}\`}`],
    ],
    [`/components/edit-${singular}-screen.tsx`]: [
      [
        /href="[^"]*" (className=\{buttonVariants\(\)\}>\s*)All .*/,
        collection.includes('{') ? 'href="/" $1Start page' : `href="/${other.plural}" $1All ${other.things}`,
      ],
      [/const before = .*/, `$&\nconst { ${id} } = data.${variable};`],
      form,
      ['<DeleteButton id={id}', `<DeleteButton id={id} ${id}={${id}}`],
      ['DeleteButton({ id }: { id: string })', `DeleteButton({ id, ${id} }: { id: string; ${id}: string })`],
      [/push\('.*'\)/, `push(${page})`],
    ],
    [`/components/${singular}-form.tsx`]: [
      [/(interface .*Props \{\n)/, `$1${id}: string;\n`],
      ['({ values,', `({ ${id}, values,`],
      [/push\('.*'\)/, `push(${page})`],
      [/href=".*"/, `href={${page}}`],
    ],
    [`/${plural}/new/page.tsx`]: [
      ["import type { Metadata } from 'next';\n", "$&import { notFound } from 'next/navigation';\n"],
      [/(features\/.*\n)/, "$1import { firstValue, type SearchParams } from '@/lib/navigation';\n"],
      [/function (\w+)\(\)/, 'async function $1({ searchParams }: { searchParams: SearchParams })'],
      [
        /return <(\w+) \/>;/,
        `const ${id} = firstValue((await searchParams).${id});\nreturn ${id} ? <$1 ${id}={${id}} /> : notFound();`,
      ],
    ],
    '.browser.ts': [
      [/goto\('\/[^/']*'\)/, `goto(\`/${other.plural}/\${(await createRow(ada, '${collection}')).id}\`)`],
      [/goto\('(\/[^']*\/new)'\)/g, `goto(\`$1?${id}=\${(await createRow(ada, '${collection}')).id}\`)`],
    ],
  };
}
