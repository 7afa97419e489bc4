import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { readEnvironment } from './config/env.js';
import { createOpenApiDocument } from './http/openapi-document.js';

// Nothing is connected to in preview mode: any values of the right form will do.
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
writeFileSync('apps/api/openapi.json', `${JSON.stringify(createOpenApiDocument(app), null, 2)}\n`);
