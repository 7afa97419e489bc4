import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formatsPlugin from 'ajv-formats';
import type { Response } from 'supertest';

interface ResponseObject {
  content?: Record<string, { schema: { $ref?: string } }>;
}

interface Operation {
  responses: Record<string, ResponseObject & { $ref?: string }>;
}

export const document = JSON.parse(readFileSync(join(import.meta.dirname, '../openapi.json'), 'utf8')) as {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; responses: Record<string, ResponseObject> };
};

const ajv = new Ajv2020({ strict: false, allErrors: true });
formatsPlugin.default(ajv);
ajv.addFormat('decimal', /^-?\d+(\.\d+)?$/);
ajv.addSchema(document, 'openapi');
const validators = new Map<string, ValidateFunction>();

const templates = Object.keys(document.paths).map((template) => ({
  template,
  pattern: new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+')}$`),
}));

/** Fails the test if the status, media type or body of a response does not match the OpenAPI document. */
export function expectDocumented(response: Response): void {
  const method = response.request.method.toLowerCase();
  const { pathname } = new URL(response.request.url);
  const template = templates.find(({ pattern }) => pattern.test(pathname))?.template;
  const operation = template && document.paths[template]![method];
  if (!operation) {
    return;
  }
  const declared = operation.responses[response.status];
  const documented = declared?.$ref ? document.components.responses[response.status] : declared;
  if (!documented) {
    throw new Error(
      `${method} ${template} responded with ${response.status}, which openapi.json does not document`,
    );
  }
  if (!documented.content) {
    if (response.text) {
      throw new Error(`${method} ${template} ${response.status} has a body, but openapi.json documents none`);
    }
    return;
  }
  if (!(response.type in documented.content)) {
    throw new Error(`${method} ${template} ${response.status} has the undocumented type ${response.type}`);
  }
  // Every response body is a component, so each schema is compiled only once.
  const reference = documented.content[response.type]!.schema.$ref!;
  const validate = validators.get(reference) ?? ajv.compile({ $ref: `openapi${reference}` });
  validators.set(reference, validate);
  if (!validate(response.body)) {
    throw new Error(
      `${method} ${template} ${response.status}: ${ajv.errorsText(validate.errors)} in ${response.text}`,
    );
  }
}
