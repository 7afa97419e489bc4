import {
  Body,
  Controller,
  Delete,
  ForbiddenException,
  Get,
  HttpCode,
  Module,
  Param,
  Post,
  Query,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

const bodySchema = z.strictObject({
  name: z.string(),
  inner: z.strictObject({ 'a/b': z.number() }).optional(),
});
const querySchema = z.strictObject({ q: z.string().optional() });

/** Knows whoever sends the header `x-user`, as the guard of an app would know the bearer of a token. */
class HeaderGuard {
  canActivate(context: import('@nestjs/common').ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest();
    const id = request.headers['x-user'];
    if (!id) {
      throw Object.assign(new UnauthorizedException(), { headers: { 'www-authenticate': 'Bearer' } });
    }
    request.user = { id };
    return true;
  }
}

@Controller()
class SampleController {
  @Get('sample')
  find(@Query({ schema: querySchema }) query: object) {
    return query;
  }

  @Get('sample/:id')
  findOne(@Param('id', { schema: z.guid('Must be a UUID') }) id: string) {
    return { id };
  }

  @Post('sample')
  create(@Body({ schema: bodySchema }) body: object) {
    return body;
  }

  @Delete('sample')
  @HttpCode(204)
  remove() {}

  @Get('fails')
  fail() {
    throw new Error('a secret: password=hunter2');
  }

  @Get('forbidden')
  forbid() {
    throw Object.assign(new ForbiddenException('Not for you.'), { headers: { 'x-why': 'role' } });
  }

  @Get('database-away')
  away() {
    throw Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' });
  }

  @Get('slow')
  async slow() {
    await sleep(1_500);
    return { done: true };
  }

  @Get('hangs')
  hang() {
    return new Promise(() => {});
  }

  @Get('closed')
  @UseGuards(HeaderGuard)
  closed() {
    return {};
  }
}

@Module({ controllers: [SampleController] })
export class SampleModule {}

/** As an app would: APP_GUARD closes every route but those marked as public. */
export { HeaderGuard };
