import 'reflect-metadata';
import { readFileSync, writeFileSync } from 'node:fs';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { readEnvironment } from './config/env.js';
import { createOpenApiDocument } from './http/openapi-document.js';

// Writes openapi.json. With --check, it fails if the file is not up to date.
const FILE = 'apps/api/openapi.json';

// Preview mode connects to nothing, so any valid values work.
const env = readEnvironment({
  DATABASE_URL: 'postgres://preview',
  JWKS_URL: 'http://preview/jwks',
  JWT_ISSUER: 'http://preview',
  JWT_AUDIENCE: 'http://preview',
});
const app = await NestFactory.create(AppModule.forRoot(env), new FastifyAdapter(), {
  preview: true,
  logger: false,
});
app.setGlobalPrefix('api');
const json = `${JSON.stringify(createOpenApiDocument(app), null, 2)}\n`;
if (!process.argv.includes('--check')) {
  writeFileSync(FILE, json);
} else if (readFileSync(FILE, 'utf8') !== json) {
  console.error(`${FILE} is not up to date. Run "npm run openapi" and review the changes.`);
  process.exitCode = 1;
}
