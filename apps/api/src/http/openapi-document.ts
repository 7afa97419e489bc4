import { STATUS_CODES } from 'node:http';
import { type AccessRules, getAccessRules } from '@app/auth';
import type { INestApplication, Type } from '@nestjs/common';
// oxlint-disable-next-line eslint/no-restricted-imports -- reads the routes of all modules
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { ApiExtension, DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
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
    traceId: z.string().optional().describe('Trace id of the `traceparent` header of the request'),
  })
  .meta({ id: 'Problem', description: 'Problem details (RFC 9457)' });

/** Marks an operation for `createOpenApiDocument`, which replaces the extension. */
const ACCESS_RULES_EXTENSION = 'x-access-rules';

/** The roles of `@Roles()`: a token needs at least one of them. */
const REQUIRED_ROLES_EXTENSION = 'x-required-roles';

/** The scopes of `@Scopes()`: a token that is limited to scopes needs at least one of them. */
const REQUIRED_SCOPES_EXTENSION = 'x-required-scopes';

const stringHeader = { schema: { type: 'string' } };

const PROBLEM_DESCRIPTIONS: Record<number, string> = {
  400: 'Invalid input. `errors` lists every problem.',
  401: 'The access token is missing or invalid.',
  403: 'The token has no role or scope that this route requires, or no verified email address.',
  404: 'Not found, or owned by another user.',
  409:
    'Another row has the same unique value, or refers to this one; the Idempotency-Key was used with a different ' +
    'request; or a quota of the user is used up.',
  412: 'The row has changed: its ETag is not in If-Match.',
  413: 'The request body is larger than 100 kB, or than `x-max-body-bytes` of the operation.',
  415: 'The content type of the request body is not one of those in `requestBody`.',
  429: 'The rate limit is exceeded.',
  500: 'An unexpected error occurred.',
  503: 'The database or the signing keys are temporarily unavailable.',
};

/** Converts a Zod schema to JSON Schema. A schema with an `id` becomes a component. */
function toSchema(schema: unknown, io: 'input' | 'output') {
  const {
    $schema: _,
    $defs,
    ...json
  } = z.toJSONSchema(schema as z.ZodType, {
    io,
    target: 'draft-2020-12',
    override: ({ jsonSchema }) => {
      // Zod adds a pattern to formats, and parses integers in query parameters from strings with a pattern. The pattern
      // of a decimal number says how many digits it has.
      if (
        (jsonSchema.format && (jsonSchema.format as string) !== 'decimal') ||
        jsonSchema.type === 'integer'
      ) {
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

/** Marks every route handler with its access rules, so that they reach its operation. */
function markAccessRules(app: INestApplication): void {
  for (const { controllers } of app.get(ModulesContainer).values()) {
    for (const { metatype } of controllers.values()) {
      const { prototype } = metatype as Type;
      for (const name of new MetadataScanner().getAllMethodNames(prototype)) {
        const value = prototype[name];
        ApiExtension(ACCESS_RULES_EXTENSION, getAccessRules(value, metatype as Type))(prototype, name, {
          value,
        });
      }
    }
  }
}

/** Returns the problem statuses that an operation can respond with. */
function problemStatuses(
  path: string,
  method: string,
  { parameters = [], requestBody }: Operation,
  { isPublic, requiresVerifiedEmail }: AccessRules,
): number[] {
  const names = parameters.map((parameter) => ('name' in parameter ? parameter.name : ''));
  return [
    ...(requestBody || parameters.length > 0 ? [400] : []),
    ...(isPublic ? [] : [401]),
    ...(isPublic && !requiresVerifiedEmail ? [] : [403]),
    ...(path.includes('{') ? [404] : []),
    ...(method !== 'get' && (requestBody || path.includes('{')) ? [409] : []),
    ...(names.includes('If-Match') ? [412] : []),
    ...(requestBody ? [413, 415] : []),
    429,
    500,
    503,
  ];
}

/** Adds who has access, the headers of `@SendsETag()` and the problem responses. */
function completeOperation(path: string, method: string, operation: Operation & Schema): void {
  const rules = operation[ACCESS_RULES_EXTENSION] as AccessRules;
  delete operation[ACCESS_RULES_EXTENSION];
  if (rules.isPublic) {
    operation.security = [];
  }
  if (rules.roles.length > 0) {
    operation[REQUIRED_ROLES_EXTENSION] = rules.roles;
  }
  if (rules.scopes.length > 0) {
    operation[REQUIRED_SCOPES_EXTENSION] = rules.scopes;
  }
  const sendsETag = operation[SENDS_ETAG_EXTENSION];
  delete operation[SENDS_ETAG_EXTENSION];
  for (const [status, response] of Object.entries(operation.responses)) {
    const success = response as { description?: string; headers?: Schema };
    success.description ||= STATUS_CODES[status]!;
    if (sendsETag) {
      success.headers = { ETag: stringHeader, ...(status === '201' && { Location: stringHeader }) };
    }
  }
  for (const status of problemStatuses(path, method, operation, rules)) {
    operation.responses[status] = { $ref: `#/components/responses/${status}` };
  }
}

/** Creates the OpenAPI 3.1 document from the controllers and their Zod schemas. */
export function createOpenApiDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Task API')
    .setVersion('1.0')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description:
        'A token of the configured issuer. The auth server of this project returns one at `GET /api/auth/token` to a signed-in user.',
    })
    .addSecurityRequirements('bearer')
    .build();
  markAccessRules(app);
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${controller.replace('Controller', '')}_${method}`,
    standardSchemaConverter: (schema, { schemaType }) => toSchema(schema, schemaType),
  });
  // Operational routes, such as /health, are not part of the public api.
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
    Object.entries(PROBLEM_DESCRIPTIONS).map(([status, description]) => [
      status,
      {
        description,
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
  return document;
}

/** Returns every scope that a route of the document names, in alphabetical order. */
export function listScopes({ paths }: OpenAPIObject): string[] {
  const operations = Object.values(paths).flatMap((path) => Object.values(path) as (Operation & Schema)[]);
  return [
    ...new Set(
      operations.flatMap((operation) => (operation[REQUIRED_SCOPES_EXTENSION] as string[] | undefined) ?? []),
    ),
  ].toSorted();
}

/** Serves the document at /openapi.json and Swagger UI at /docs. The document is created at the first request. */
export function serveOpenApi(app: INestApplication): void {
  SwaggerModule.setup('docs', app, () => createOpenApiDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: undefined,
    raw: ['json'],
  });
}
