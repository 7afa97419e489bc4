import type { INestApplicationContext, Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';

/** How Nest keeps the decorated arguments of a method: by their type and index. */
type Arguments = Record<string, { index: number; data?: unknown; pipes: unknown[]; schema?: unknown }>;

const DECORATORS: Record<string, string> = {
  [RouteParamtypes.BODY]: '@Body',
  [RouteParamtypes.QUERY]: '@Query',
  [RouteParamtypes.PARAM]: '@Param',
};

/**
 * Makes sure that nothing a client sends reaches a handler unchecked: every body, query and path parameter has a schema,
 * or, where it is a single named value, a pipe of its own such as ParseUUIDPipe.
 *
 * @throws Error that names every argument without one.
 */
export function assertArgumentsAreValidated(app: INestApplicationContext): void {
  const controllers = Array.from(app.get(ModulesContainer).values(), (module) => [
    ...module.controllers.values(),
  ]).flat();
  const unchecked = controllers.flatMap(({ metatype }) => findUnvalidatedArguments(metatype as Type));
  if (unchecked.length > 0) {
    throw new Error(
      `These arguments come from a client and have no schema. Write @Body({ schema }) or the like:\n  ${unchecked.join('\n  ')}`,
    );
  }
}

function findUnvalidatedArguments(controller: Type): string[] {
  return new MetadataScanner().getAllMethodNames(controller.prototype).flatMap((method) => {
    const all: Arguments = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) ?? {};
    return Object.entries(all).flatMap(([key, { index, data, pipes, schema }]) => {
      const decorator = DECORATORS[key.split(':')[0]!];
      const hasOwnPipe = decorator !== '@Body' && typeof data === 'string' && pipes.length > 0;
      return !decorator || schema || hasOwnPipe
        ? []
        : [`${controller.name}.${method}: argument ${index + 1}, ${decorator}`];
    });
  });
}
