import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse } from '@nestjs/swagger';
import { type AuthUser, CurrentUser } from '@app/auth';
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
  @ApiCreatedResponse({ standardSchema: sampleItemSchema })
  @SendsETag()
  create(
    @CurrentUser() user: AuthUser,
    @Body({ schema: createSampleItemSchema }) body: CreateSampleItem,
    @IdempotencyKey() idempotencyKey?: string,
  ): Promise<Versioned<SampleItemResponse>> {
    return this.sampleItems.create(user.id, body, idempotencyKey);
  }

  @Get()
  @ApiOkResponse({ standardSchema: sampleItemPageSchema })
  findAll(
    @CurrentUser() user: AuthUser,
    @Query({ schema: findSampleItemsSchema }) query: FindSampleItems,
  ): Promise<SampleItemPage> {
    return this.sampleItems.findAll(user.id, query);
  }

  @Get(':id')
  @ApiOkResponse({ standardSchema: sampleItemSchema })
  @SendsETag()
  findOne(
    @CurrentUser() user: AuthUser,
    @Param('id', { schema: idSchema }) id: string,
  ): Promise<Versioned<SampleItemResponse>> {
    return this.sampleItems.findOne(user.id, id);
  }

  @Patch(':id')
  @ApiOkResponse({ standardSchema: sampleItemSchema })
  @SendsETag()
  update(
    @CurrentUser() user: AuthUser,
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: updateSampleItemSchema }) body: UpdateSampleItem,
    @IfMatch() expectedVersions?: number[],
  ): Promise<Versioned<SampleItemResponse>> {
    return this.sampleItems.update(user.id, id, body, expectedVersions);
  }

  @Delete(':id')
  @HttpCode(204)
  remove(
    @CurrentUser() user: AuthUser,
    @Param('id', { schema: idSchema }) id: string,
    @IfMatch() expectedVersions?: number[],
  ): Promise<void> {
    return this.sampleItems.remove(user.id, id, expectedVersions);
  }
}
