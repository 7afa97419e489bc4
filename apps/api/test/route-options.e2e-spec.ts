import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Body, Controller, Post } from '@nestjs/common';
import { ApiCreatedResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { BodyLimit } from '../src/http/body-limit.decorator.js';
import { RawBody } from '../src/http/raw-body.decorator.js';
import { RequestTimeout } from '../src/http/request-timeout.decorator.js';
import { type RunningApi, startApi } from './running-api.js';

const anyObject = z.looseObject({}).meta({ id: 'AnyObject' });
const countSchema = z.strictObject({ properties: z.int() }).meta({ id: 'Count' });
const bytesSchema = z.strictObject({ hex: z.string() }).meta({ id: 'Bytes' });

@Controller('samples')
class SamplesController {
  @Post('import')
  @ApiCreatedResponse({ standardSchema: countSchema })
  @BodyLimit(200_000)
  @RequestTimeout(120_000)
  importAll(@Body({ schema: anyObject }) body: object) {
    return { properties: Object.keys(body).length };
  }

  @Post('csv')
  @ApiCreatedResponse({ standardSchema: bytesSchema })
  @BodyLimit(200_000)
  importCsv(@RawBody('text/csv') body: Buffer) {
    return { hex: body.toString('hex') };
  }

  @Post('signed')
  @ApiCreatedResponse({ standardSchema: bytesSchema })
  verify(@RawBody() body: Buffer) {
    return { hex: body.toString('hex') };
  }
}

let api: RunningApi;

beforeAll(async () => {
  api = await startApi({}, undefined, (module) => ({ ...module, controllers: [SamplesController] }));
});

afterAll(() => api.close());

it('combines the options of a route', async () => {
  const ada = await api.as('ada');
  const large = { a: 'a'.repeat(150_000) };
  await ada.post('/api/samples/import').send(large).expect(201);
  await ada.post('/api/tasks').send(large).expect(413);
  const csv = `${'a,'.repeat(75_000)}\r\n`;
  const { body } = await ada.post('/api/samples/csv').type('text/csv').send(csv).expect(201);
  expect(body.hex).toBe(Buffer.from(csv).toString('hex'));
  await ada.post('/api/samples/csv').send(large).expect(415);
  await ada.post('/api/samples/csv').type('text/csv').send('a'.repeat(200_001)).expect(413);
  const raw = '{"a" : 1}\n';
  const signed = await ada.post('/api/samples/signed').type('json').send(raw).expect(201);
  expect(signed.body.hex).toBe(Buffer.from(raw).toString('hex'));
});

it('needs a token on these routes too', async () => {
  await api.anonymous.post('/api/samples/signed').type('json').send('{}').expect(401);
});

it('documents the options', async () => {
  const document = (await (await fetch(`${api.url}/openapi.json`)).json()) as {
    paths: Record<string, { post: Record<string, unknown> & { requestBody: object; responses: object } }>;
  };
  const { post: importAll } = document.paths['/api/samples/import']!;
  expect(importAll).toMatchObject({ 'x-max-body-bytes': 200_000, 'x-request-timeout-ms': 120_000 });
  const { post: importCsv } = document.paths['/api/samples/csv']!;
  expect(importCsv['x-max-body-bytes']).toBe(200_000);
  expect(importCsv.requestBody).toEqual({
    description: 'Read as bytes, exactly as sent.',
    required: true,
    content: { 'text/csv': { schema: {} } },
  });
  expect(importCsv.responses).toHaveProperty('413');
  const { post: verify } = document.paths['/api/samples/signed']!;
  expect(verify.requestBody).toMatchObject({ content: { 'application/json': {} } });
});
