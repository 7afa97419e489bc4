import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formatsPlugin from 'ajv-formats';
import type { Response } from 'supertest';

/** A JSON Schema, with the extension of a field that refers to a row. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  const?: unknown;
  enum?: unknown[];
  examples?: unknown[];
  /** Nest replaces the `examples` of a parameter with the first one. */
  example?: unknown;
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  items?: Schema;
  required?: string[];
  properties?: Record<string, Schema>;
  /** The path of the collection whose rows the field refers to. Null: the UUID refers to no row. */
  'x-references'?: string | null;
}

interface ResponseObject {
  content?: Record<string, { schema: Schema }>;
}

export interface OperationObject {
  security?: object[];
  parameters?: { in: string; name: string; schema: Schema }[];
  requestBody?: { content: { 'application/json'?: { schema: Schema } } };
  responses: Record<string, ResponseObject & { $ref?: string }>;
  'x-required-roles'?: string[];
  'x-required-scopes'?: string[];
}

export interface OpenApiDocument {
  openapi: string;
  paths: Record<string, Record<string, OperationObject>>;
  components: { schemas: Record<string, Schema>; responses: Record<string, ResponseObject> };
}

export const document = JSON.parse(
  readFileSync(join(import.meta.dirname, '../openapi.json'), 'utf8'),
) as OpenApiDocument;

/** Returns a check that fails the test if the status, media type or body of a response does not match the document. */
export function createDocumentCheck(openapi: OpenApiDocument): (response: Response) => void {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formatsPlugin.default(ajv);
  ajv.addFormat('decimal', /^-?\d+(\.\d+)?$/);
  ajv.addSchema(openapi, 'openapi');
  const validators = new Map<string, ValidateFunction>();
  const templates = Object.keys(openapi.paths).map((template) => ({
    template,
    pattern: new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+')}$`),
  }));

  return (response) => {
    const method = response.request.method.toLowerCase();
    const { pathname } = new URL(response.request.url);
    // A path without parameters comes first: /api/tasks/stats also matches /api/tasks/{id}.
    const template = templates
      .filter(({ pattern }) => pattern.test(pathname))
      .toSorted((a, b) => a.template.split('{').length - b.template.split('{').length)[0]?.template;
    const operation = template && openapi.paths[template]![method];
    if (!operation) {
      return;
    }
    const declared = operation.responses[response.status];
    const documented = declared?.$ref ? openapi.components.responses[response.status] : declared;
    if (!documented) {
      throw new Error(
        `${method} ${template} responded with ${response.status}, which openapi.json does not document`,
      );
    }
    if (!documented.content) {
      if (response.text) {
        throw new Error(
          `${method} ${template} ${response.status} has a body, but openapi.json documents none`,
        );
      }
      return;
    }
    if (!(response.type in documented.content)) {
      throw new Error(`${method} ${template} ${response.status} has the undocumented type ${response.type}`);
    }
    const { schema } = documented.content[response.type]!;
    const key = JSON.stringify(schema).replaceAll('"#/components', '"openapi#/components');
    const validate = validators.get(key) ?? ajv.compile(JSON.parse(key));
    validators.set(key, validate);
    if (!validate(response.body)) {
      throw new Error(
        `${method} ${template} ${response.status}: ${ajv.errorsText(validate.errors)} in ${response.text}`,
      );
    }
  };
}
