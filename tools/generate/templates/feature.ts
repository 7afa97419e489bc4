import { type Field, isFilter, isSearched } from '../fields.js';
import type { Names } from '../names.js';

export function moduleFile({ singular, plural, type, types }: Names): string {
  return `import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.js';
import { ${type} } from './entities/${singular}.entity.js';
import { ${types}Controller } from './${plural}.controller.js';
import { ${types}Service } from './${plural}.service.js';

@Module({
  imports: [DatabaseModule.forFeature(${type})],
  controllers: [${types}Controller],
  providers: [${types}Service],
})
export class ${types}Module {}
`;
}

export function controllerFile({ singular, plural, type, types, variable, variables }: Names): string {
  return `import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse } from '@nestjs/swagger';
import { type AuthUser, CurrentUser } from '@app/auth';
import { idSchema } from '../http/fields.js';
import { IdempotencyKey } from '../http/idempotency-key.decorator.js';
import { IfMatch } from '../http/if-match.decorator.js';
import { type Create${type}Dto, create${type}Schema } from './dto/create-${singular}.dto.js';
import { type Find${types}Dto, find${types}Schema } from './dto/find-${plural}.dto.js';
import { ${variable}PageSchema, ${variable}Schema } from './dto/${singular}.dto.js';
import { type Update${type}Dto, update${type}Schema } from './dto/update-${singular}.dto.js';
import { ${types}Service } from './${plural}.service.js';

@Controller('${plural}')
export class ${types}Controller {
  constructor(private readonly ${variables}: ${types}Service) {}

  @Post()
  @ApiCreatedResponse({ standardSchema: ${variable}Schema })
  create(
    @CurrentUser() user: AuthUser,
    @Body({ schema: create${type}Schema }) dto: Create${type}Dto,
    @IdempotencyKey() idempotencyKey?: string,
  ) {
    return this.${variables}.create(user.id, dto, idempotencyKey);
  }

  @Get()
  @ApiOkResponse({ standardSchema: ${variable}PageSchema })
  findAll(@CurrentUser() user: AuthUser, @Query({ schema: find${types}Schema }) query: Find${types}Dto) {
    return this.${variables}.findAll(user.id, query);
  }

  @Get(':id')
  @ApiOkResponse({ standardSchema: ${variable}Schema })
  findOne(@CurrentUser() user: AuthUser, @Param('id', { schema: idSchema }) id: string) {
    return this.${variables}.findOne(user.id, id);
  }

  @Patch(':id')
  @ApiOkResponse({ standardSchema: ${variable}Schema })
  update(
    @CurrentUser() user: AuthUser,
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: update${type}Schema }) dto: Update${type}Dto,
    @IfMatch() versions?: number[],
  ) {
    return this.${variables}.update(user.id, id, dto, versions);
  }

  @Delete(':id')
  @HttpCode(204)
  remove(
    @CurrentUser() user: AuthUser,
    @Param('id', { schema: idSchema }) id: string,
    @IfMatch() versions?: number[],
  ) {
    return this.${variables}.remove(user.id, id, versions);
  }
}
`;
}

export function serviceFile(names: Names, fields: Field[]): string {
  const { singular, plural, type, types, variable, variables, thing } = names;
  return `import { Injectable, NotFoundException, PreconditionFailedException } from '@nestjs/common';
import { InjectRepository } from '../database/database.module.js';
import { Idempotency } from '../database/idempotency.js';
import { OwnedRepository, type Page, type Row, type Stored } from '../database/owned-repository.js';
import type { Create${type}Dto } from './dto/create-${singular}.dto.js';
import type { Find${types}Dto } from './dto/find-${plural}.dto.js';
import type { Update${type}Dto } from './dto/update-${singular}.dto.js';
import { ${type} } from './entities/${singular}.entity.js';

@Injectable()
export class ${types}Service {
  constructor(
    @InjectRepository(${type}) private readonly ${variables}: OwnedRepository<${type}>,
    private readonly idempotency: Idempotency,
  ) {}

  /** @throws ConflictException where the key was used for another ${thing}. */
  create(ownerId: string, dto: Create${type}Dto, idempotencyKey?: string): Promise<Stored<Row<${type}>>> {
    return this.idempotency.once(ownerId, idempotencyKey, ['${plural}', dto], (transaction) =>
      this.${variables}.within(transaction).insert(ownerId, dto),
    );
  }

  ${findAll(names, fields)}

  /** @throws NotFoundException where the owner has no such ${thing}. */
  async findOne(ownerId: string, id: string): Promise<Stored<Row<${type}>>> {
    const ${variable} = await this.${variables}.findOne(ownerId, id);
    if (!${variable}) {
      throw new NotFoundException('There is no such ${thing}.');
    }
    return ${variable};
  }

  /** @throws NotFoundException, or PreconditionFailedException where the ${thing} has none of the \`versions\`. */
  async update(
    ownerId: string,
    id: string,
    dto: Update${type}Dto,
    versions?: number[],
  ): Promise<Stored<Row<${type}>>> {
    const ${variable} = await this.${variables}.update(ownerId, id, dto, versions);
    return ${variable} ?? this.refuse(ownerId, id);
  }

  /** @throws NotFoundException, or PreconditionFailedException where the ${thing} has none of the \`versions\`. */
  async remove(ownerId: string, id: string, versions?: number[]): Promise<void> {
    const removed = await this.${variables}.remove(ownerId, id, versions);
    if (!removed) {
      await this.refuse(ownerId, id);
    }
  }

  /** Says why a conditional write found no row. */
  private async refuse(ownerId: string, id: string): Promise<never> {
    await this.findOne(ownerId, id);
    throw new PreconditionFailedException('The ${thing} was changed since: read it again.');
  }
}
`;
}

function findAll({ type, types, variables }: Names, fields: Field[]): string {
  const filters = fields
    .filter(isFilter)
    .map(({ name }) => name)
    .join(', ');
  const searched = fields
    .filter(isSearched)
    .map(({ name }) => `'${name}'`)
    .join(', ');
  const query = filters ? `{ ${filters}, ...query }` : 'query';
  const page = filters
    ? `{\n...query,\nwhere: { ${filters} },\n${searched ? `searchIn: [${searched}],\n` : ''}}`
    : searched
      ? `{ ...query, searchIn: [${searched}] }`
      : 'query';
  return `findAll(ownerId: string, ${query}: Find${types}Dto): Promise<Page<Row<${type}>>> {
    return this.${variables}.findPage(ownerId, ${page});
  }`;
}
