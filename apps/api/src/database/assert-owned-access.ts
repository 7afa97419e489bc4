import type { INestApplicationContext, Type } from '@nestjs/common';
import { PROPERTY_DEPS_METADATA, SELF_DECLARED_DEPS_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import { getRepositoryToken } from '@nestjs/typeorm';
import { BaseEntity, DataSource, EntityManager, Repository } from 'typeorm';

/**
 * Asserts that no feature injects TypeORM's data source, manager or repositories: their queries are not limited to one
 * owner.
 * @param trustedModules Modules that may inject them.
 * @throws Error that says what to inject instead.
 */
export function assertOwnedAccess(app: INestApplicationContext, trustedModules: unknown[]): void {
  const entities = app.get(DataSource).entityMetadatas.map(({ target }) => target as Type);
  const advice = new Map<unknown, string>([
    [DataSource, 'OwnerScope'],
    [EntityManager, 'OwnerScope'],
    [Repository, '@InjectOwnedRepository(…), or OwnerScope'],
    ...entities.map((entity): [unknown, string] => [
      getRepositoryToken(entity),
      `@InjectOwnedRepository(${entity.name}), or OwnerScope`,
    ]),
  ]);
  const activeRecords = entities
    .filter(({ prototype }) => prototype instanceof BaseEntity)
    .map(({ name }) => `  ${name}: extend OwnedEntity instead of BaseEntity`);
  const injections = Array.from(app.get(ModulesContainer).values())
    .filter(({ name, metatype }) => !name.startsWith('TypeOrm') && !trustedModules.includes(metatype))
    .flatMap(({ providers, controllers, injectables }) => [
      ...providers.values(),
      ...controllers.values(),
      ...injectables.values(),
    ])
    .flatMap((wrapper) => {
      const token = getDependencies(wrapper).find((dependency) => advice.has(dependency));
      return token ? [`  ${wrapper.name}: inject ${advice.get(token)}`] : [];
    });
  const problems = [...activeRecords, ...injections];
  if (problems.length > 0) {
    throw new Error(
      "TypeORM's data source, managers and repositories see the rows of all owners. See docs/data-access.md:\n" +
        problems.join('\n'),
    );
  }
}

function getDependencies({ metatype, inject }: InstanceWrapper): unknown[] {
  if (inject) {
    return inject.map((token) => Object(token).token ?? token);
  }
  if (!metatype) {
    return [];
  }
  const read = (key: string): unknown[] => Reflect.getMetadata(key, metatype) ?? [];
  const declared = read(SELF_DECLARED_DEPS_METADATA).map((dependency) => Object(dependency).param);
  const properties = read(PROPERTY_DEPS_METADATA).map((dependency) => Object(dependency).type);
  return [...read('design:paramtypes'), ...declared, ...properties];
}
