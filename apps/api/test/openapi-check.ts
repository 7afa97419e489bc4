import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formatsPlugin from 'ajv-formats';
import type { Response } from 'supertest';

interface Answer {
  content?: Record<string, { schema: { $ref?: string } }>;
}

interface Operation {
  responses: Record<string, Answer & { $ref?: string }>;
}

export const document = JSON.parse(readFileSync(join(import.meta.dirname, '../openapi.json'), 'utf8')) as {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; responses: Record<string, Answer> };
};

const ajv = new Ajv2020({ strict: false, allErrors: true });
formatsPlugin.default(ajv);
ajv.addSchema(document, 'openapi');
const validators = new Map<string, ValidateFunction>();

const templates = Object.keys(document.paths).map((template) => ({
  template,
  pattern: new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+')}$`),
}));

/** Fails the test where an answer under /api is not what the OpenAPI document says: status, media type and body. */
export function expectDocumented(response: Response): void {
  const method = response.request.method.toLowerCase();
  const { pathname } = new URL(response.request.url);
  const template = templates.find(({ pattern }) => pattern.test(pathname))?.template;
  const operation = template && document.paths[template]![method];
  if (!operation) {
    return;
  }
  const named = operation.responses[response.status];
  const documented = named?.$ref ? document.components.responses[response.status] : named;
  if (!documented) {
    throw new Error(`${method} ${template} answered ${response.status}, which openapi.json does not name`);
  }
  if (!documented.content) {
    if (response.text) {
      throw new Error(`${method} ${template} ${response.status} has a body, openapi.json says none`);
    }
    return;
  }
  if (!(response.type in documented.content)) {
    throw new Error(`${method} ${template} ${response.status} answered ${response.type}`);
  }
  // Every answer with a body is a component: the document stays readable, and each is compiled once.
  const reference = documented.content[response.type]!.schema.$ref!;
  const validate = validators.get(reference) ?? ajv.compile({ $ref: `openapi${reference}` });
  validators.set(reference, validate);
  if (!validate(response.body)) {
    throw new Error(
      `${method} ${template} ${response.status}: ${ajv.errorsText(validate.errors)} in ${response.text}`,
    );
  }
}
