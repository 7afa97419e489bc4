import { Controller, Delete, Get, HttpCode } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { type AuthUser, CurrentUser } from '@app/auth';
import { OwnedRows } from '../database/owned-rows.js';
import { meSchema } from './dto/me.dto.js';

@Controller('me')
export class MeController {
  constructor(private readonly rows: OwnedRows) {}

  @Get()
  @ApiOkResponse({ standardSchema: meSchema })
  findOne(@CurrentUser() { id, email, name }: AuthUser) {
    return { id, email, name };
  }

  @Delete()
  @HttpCode(204)
  remove(@CurrentUser() user: AuthUser) {
    return this.rows.removeAll(user.id);
  }
}
