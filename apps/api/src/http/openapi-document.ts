import { STATUS_CODES } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';
import { SENDS_ETAG_EXTENSION } from './sends-etag.decorator.js';

type Schema = Record<string, unknown>;
type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    instance: z.string(),
    errors: z
      .array(
        z.object({
          pointer: z.string().optional().describe('JSON Pointer into the body (RFC 6901)'),
          parameter: z.string().optional().describe('Name of a query or path parameter'),
          detail: z.string(),
        }),
      )
      .optional(),
    traceId: z.string().optional().describe('Of the `traceparent` that the request was sent with'),
  })
  .meta({ id: 'Problem', description: 'Problem details (RFC 9457)' });

const stringHeader = { schema: { type: 'string' } };

const PROBLEMS: Record<number, string> = {
  400: 'Bad input; `errors` says where.',
  401: 'No token, or one that does not verify.',
  404: 'No such row of this user.',
  409: 'The Idempotency-Key was used with another request.',
  412: 'If-Match no longer holds.',
  413: 'The body is over 100 kB.',
  415: 'The body is not JSON.',
  429: 'Over the rate limit.',
  500: 'An unexpected error.',
  503: 'The database, or the keys that the token needs, cannot be had now.',
};

/** Zod's JSON Schema; one with an `id` becomes a component of that name. */
function toSchema(schema: unknown, io: 'input' | 'output') {
  const {
    $schema: _,
    $defs,
    ...json
  } = z.toJSONSchema(schema as z.ZodType, {
    io,
    target: 'draft-2020-12',
    override: ({ jsonSchema }) => {
      // A format says it better, and a number in a query parameter is text to Zod alone.
      if (jsonSchema.format || jsonSchema.type === 'integer') {
        delete jsonSchema.pattern;
      }
    },
  }) as Schema;
  const named = { ...($defs as Schema), ...(json.id ? { [json.id as string]: json } : {}) };
  const components = Object.fromEntries(
    Object.entries(named).map(([name, component]) => [name, { ...(component as Schema), id: undefined }]),
  );
  return { schema: json.id ? { $ref: `#/$defs/${json.id as string}` } : json, components };
}

/** The problems that an operation can answer with. */
function problemStatuses(path: string, { parameters = [], requestBody }: Operation): number[] {
  const names = parameters.map((parameter) => ('name' in parameter ? parameter.name : ''));
  return [
    ...(requestBody || parameters.length > 0 ? [400] : []),
    401,
    ...(path.includes('{') ? [404] : []),
    ...(names.includes('Idempotency-Key') ? [409] : []),
    ...(names.includes('If-Match') ? [412] : []),
    ...(requestBody ? [413, 415] : []),
    429,
    500,
    503,
  ];
}

/** Adds the headers that `@SendsETag()` stands for, and the problem responses. */
function completeOperation(path: string, method: string, operation: Operation & Schema): void {
  const sendsETag = operation[SENDS_ETAG_EXTENSION];
  delete operation[SENDS_ETAG_EXTENSION];
  for (const [status, response] of Object.entries(operation.responses)) {
    const success = response as { description?: string; headers?: Schema };
    success.description ||= STATUS_CODES[status]!;
    if (sendsETag) {
      success.headers = { ETag: stringHeader, ...(method === 'post' && { Location: stringHeader }) };
    }
  }
  for (const status of problemStatuses(path, operation)) {
    operation.responses[status] = { $ref: `#/components/responses/${status}` };
  }
}

/** The OpenAPI 3.1 document of the api, made of its controllers and their Zod schemas. */
export function createOpenApiDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Task API')
    .setVersion('1.0')
    .addBearerAuth()
    .addSecurityRequirements('bearer')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${controller.replace('Controller', '')}_${method}`,
    standardSchemaConverter: (schema, { schemaType }) => toSchema(schema, schemaType),
  });
  // What every server here has alike, such as /health, is no part of this api.
  document.paths = Object.fromEntries(
    Object.entries(document.paths).filter(([path]) => path.startsWith('/api/')),
  );
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      completeOperation(path, method, operation as Operation & Schema);
    }
  }
  const components = document.components!;
  components.schemas = { ...components.schemas, ...toSchema(problemSchema, 'output').components } as never;
  components.responses = Object.fromEntries(
    Object.entries(PROBLEMS).map(([status, description]) => [
      status,
      {
        description,
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
  return document;
}

/** Serves the document at /openapi.json, and a page to read and try it at /docs. It is made when first asked for. */
export function serveOpenApi(app: INestApplication): void {
  SwaggerModule.setup('docs', app, () => createOpenApiDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: undefined,
    raw: ['json'],
  });
}
