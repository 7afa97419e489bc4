import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';

type Schema = Record<string, unknown>;
type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
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
  })
  .meta({ id: 'Problem', description: 'Problem details (RFC 9457)' });

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
  } = z.toJSONSchema(schema as z.ZodType, { io, target: 'draft-2020-12' }) as Schema;
  const components = Object.fromEntries(
    Object.entries({ ...($defs as Schema), ...(json.id ? { [json.id as string]: json } : {}) }).map(
      ([name, component]) => [name, { ...(component as Schema), id: undefined }],
    ),
  );
  return { schema: json.id ? { $ref: `#/$defs/${json.id as string}` } : json, components };
}

function problemStatuses(path: string, operation: Operation): number[] {
  const headers = (operation.parameters ?? []).map((parameter) => 'name' in parameter && parameter.name);
  return [
    ...(operation.requestBody || operation.parameters?.length ? [400] : []),
    401,
    ...(path.includes('{') ? [404] : []),
    ...(headers.includes('Idempotency-Key') ? [409] : []),
    ...(headers.includes('If-Match') ? [412] : []),
    ...(operation.requestBody ? [413, 415] : []),
    429,
    500,
    503,
  ];
}

/** Adds what every operation has alike: its problems, and the headers that go with a single row. */
function complete(path: string, operation: Operation): void {
  for (const status of problemStatuses(path, operation)) {
    operation.responses[status] = {
      description: PROBLEMS[status]!,
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    };
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
    operationIdFactory: (controller, method) =>
      `${controller.replace('Controller', '').toLowerCase()}_${method}`,
    standardSchemaConverter: (schema, { schemaType }) => toSchema(schema, schemaType),
  });
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const operation of Object.values(operations) as Operation[]) {
      complete(path, operation);
    }
  }
  const { components } = toSchema(problemSchema, 'output');
  document.components!.schemas = { ...document.components!.schemas, ...components } as never;
  return document;
}
