import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse } from '@nestjs/swagger';
import { Owner, Scopes } from '@app/auth';
import type { Versioned } from '../../../../../../apps/api/src/database/owned-repository.js';
import { idSchema } from '../../../../../../apps/api/src/http/field.schemas.js';
import { IdempotencyKey } from '../../../../../../apps/api/src/http/idempotency-key.decorator.js';
import { IfMatch } from '../../../../../../apps/api/src/http/if-match.decorator.js';
import { SendsETag } from '../../../../../../apps/api/src/http/sends-etag.decorator.js';
import {
  type CreateSampleItem,
  createSampleItemSchema,
  type FindSampleItems,
  findSampleItemsSchema,
  type SampleItemPage,
  sampleItemPageSchema,
  type SampleItemResponse,
  sampleItemSchema,
  type UpdateSampleItem,
  updateSampleItemSchema,
} from './sample-items.schemas.js';
import { SampleItemsService } from './sample-items.service.js';

@Controller('sample-items')
export class SampleItemsController {
  constructor(private readonly sampleItems: SampleItemsService) {}

  @Post()
  @Scopes('sample-items:write')
  @ApiCreatedResponse({ standardSchema: sampleItemSchema })
  @SendsETag()
  create(
    @Owner() ownerId: string,
    @Body({ schema: createSampleItemSchema }) body: CreateSampleItem,
    @IdempotencyKey() idempotencyKey?: string,
  ): Promise<Versioned<SampleItemResponse>> {
    return this.sampleItems.create(ownerId, body, idempotencyKey);
  }

  @Get()
  @Scopes('sample-items:read')
  @ApiOkResponse({ standardSchema: sampleItemPageSchema })
  findAll(
    @Owner() ownerId: string,
    @Query({ schema: findSampleItemsSchema }) query: FindSampleItems,
  ): Promise<SampleItemPage> {
    return this.sampleItems.findAll(ownerId, query);
  }

  @Get(':id')
  @Scopes('sample-items:read')
  @ApiOkResponse({ standardSchema: sampleItemSchema })
  @SendsETag()
  findOne(
    @Owner() ownerId: string,
    @Param('id', { schema: idSchema }) id: string,
  ): Promise<Versioned<SampleItemResponse>> {
    return this.sampleItems.findOne(ownerId, id);
  }

  @Patch(':id')
  @Scopes('sample-items:write')
  @ApiOkResponse({ standardSchema: sampleItemSchema })
  @SendsETag()
  update(
    @Owner() ownerId: string,
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: updateSampleItemSchema }) body: UpdateSampleItem,
    @IfMatch() expectedVersions?: number[],
  ): Promise<Versioned<SampleItemResponse>> {
    return this.sampleItems.update(ownerId, id, body, expectedVersions);
  }

  @Delete(':id')
  @Scopes('sample-items:write')
  @HttpCode(204)
  remove(
    @Owner() ownerId: string,
    @Param('id', { schema: idSchema }) id: string,
    @IfMatch() expectedVersions?: number[],
  ): Promise<void> {
    return this.sampleItems.remove(ownerId, id, expectedVersions);
  }
}
