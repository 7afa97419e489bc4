import 'reflect-metadata';
import { readFileSync, writeFileSync } from 'node:fs';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { readEnvironment } from './config/env.js';
import { createOpenApiDocument, listScopes } from './http/openapi-document.js';

// Writes openapi.json, and its scopes for the auth server. With --check, it fails if a file is not up to date.
const FILE = 'apps/api/openapi.json';
const SCOPES_FILE = 'apps/auth/src/personal-tokens/api-scopes.ts';

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
const document = createOpenApiDocument(app);
const scopes = listScopes(document).map((scope) => `  '${scope}',\n`);
const outputs = {
  [FILE]: `${JSON.stringify(document, null, 2)}\n`,
  [SCOPES_FILE]:
    '/** The scopes in apps/api/openapi.json. Written by `npm run openapi`. */\n' +
    `export const apiScopes: readonly string[] = [\n${scopes.join('')}];\n`,
};
for (const [file, content] of Object.entries(outputs)) {
  if (!process.argv.includes('--check')) {
    writeFileSync(file, content);
  } else if (readFileSync(file, 'utf8') !== content) {
    console.error(`${file} is not up to date. Run "npm run openapi" and review the changes.`);
    process.exitCode = 1;
  }
}
