import type { INestApplicationContext, Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { ValidationPipe } from './validation.pipe.js';

/** Nest's metadata of a handler's decorated arguments, by type and index. */
type Arguments = Record<string, { index: number; data?: unknown; pipes: unknown[]; schema?: unknown }>;

const DECORATORS: Record<string, string> = {
  [RouteParamtypes.BODY]: '@Body',
  [RouteParamtypes.QUERY]: '@Query',
  [RouteParamtypes.PARAM]: '@Param',
};

const pipe = new ValidationPipe();

/**
 * Adds the `ValidationPipe` to every body, query and path parameter that has a schema, and asserts that all of them have
 * one, so that no client input reaches a handler unvalidated. A single named parameter may have its own pipe instead, such
 * as ParseUUIDPipe. Call it before the app is initialized.
 *
 * Nest would run a global pipe, in several promises, for `@Owner()` and `@CurrentUser()` too.
 *
 * @throws Error that lists the arguments without validation.
 */
export function validateArguments(app: INestApplicationContext): void {
  const controllers = Array.from(app.get(ModulesContainer).values(), (module) => [
    ...module.controllers.values(),
  ]).flat();
  const unvalidated = controllers.flatMap(({ metatype }) => validateController(metatype as Type));
  if (unvalidated.length > 0) {
    throw new Error(
      `Handler arguments without validation. Add a schema, such as @Body({ schema }), to:\n  ${unvalidated.join('\n  ')}`,
    );
  }
}

function validateController(controller: Type): string[] {
  return new MetadataScanner().getAllMethodNames(controller.prototype).flatMap((method) => {
    const all: Arguments = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) ?? {};
    return Object.entries(all).flatMap(([key, argument]) => {
      const { index, data, pipes, schema } = argument;
      const decorator = DECORATORS[key.split(':')[0]!];
      // Several apps in one process share the metadata.
      if (decorator && schema && !pipes.includes(pipe)) {
        argument.pipes = [pipe, ...pipes];
      }
      const hasOwnPipe = decorator !== '@Body' && typeof data === 'string' && pipes.length > 0;
      return !decorator || schema || hasOwnPipe
        ? []
        : [`${controller.name}.${method}: argument ${index + 1}, ${decorator}`];
    });
  });
}
