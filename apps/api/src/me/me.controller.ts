import { Controller, Delete, Get, HttpCode } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { type AuthUser, CurrentUser } from '@app/auth';
import { OwnerDataService } from '../database/owner-data.service.js';
import { type Me, meSchema } from './me.schemas.js';

@Controller('me')
export class MeController {
  constructor(private readonly ownerData: OwnerDataService) {}

  @Get()
  @ApiOkResponse({ standardSchema: meSchema })
  findOne(@CurrentUser() { id, email, name }: AuthUser): Me {
    return { id, email, name };
  }

  /** Deletes the rows of the user, never those of an organization. */
  @Delete()
  @HttpCode(204)
  remove(@CurrentUser() user: AuthUser): Promise<void> {
    return this.ownerData.deleteAll(user.id);
  }
}
