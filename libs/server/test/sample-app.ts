import {
  Body,
  type CanActivate,
  Controller,
  Delete,
  type ExecutionContext,
  ForbiddenException,
  Get,
  Header,
  HttpCode,
  Logger,
  Module,
  type OnModuleDestroy,
  Param,
  ParseUUIDPipe,
  Post,
  Query,
  SetMetadata,
  UnauthorizedException,
} from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

const bodySchema = z.strictObject({
  name: z.string(),
  inner: z.strictObject({ 'a/b': z.number() }).optional(),
});
const querySchema = z.strictObject({ q: z.string().optional() });

/** Authenticates requests by the header `x-user`, except for public routes. */
class HeaderGuard implements CanActivate {
  private readonly reflector = new Reflector();

  canActivate(context: ExecutionContext): boolean {
    if (this.reflector.getAllAndOverride('auth:public', [context.getHandler(), context.getClass()])) {
      return true;
    }
    const request = context.switchToHttp().getRequest();
    const id = request.headers['x-user'];
    if (!id) {
      throw Object.assign(new UnauthorizedException('Sign in first.'), {
        headers: { 'www-authenticate': 'Bearer' },
      });
    }
    request.user = { id };
    return true;
  }
}

/** Imitates a connection pool: it throws once it is closed. */
class Pool implements OnModuleDestroy {
  private open = true;

  onModuleDestroy(): void {
    this.open = false;
  }

  query(): string {
    if (!this.open) {
      throw new Error('the pool is closed');
    }
    return 'row';
  }
}

@Controller()
@SetMetadata('auth:public', true)
class SampleController {
  private readonly logger = new Logger('Sample');

  constructor(private readonly pool: Pool) {}

  @Get('sample')
  find(@Query({ schema: querySchema }) query: object) {
    return query;
  }

  @Get('sample/:id')
  findOne(@Param('id', { schema: z.guid('Must be a UUID') }) id: string) {
    return { id };
  }

  @Get('piped/:id')
  findPiped(@Param('id', ParseUUIDPipe) id: string) {
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
    throw Object.assign(new Error('it broke'), { query: 'SELECT', parameters: ['hunter2'] });
  }

  @Get('invalid-header')
  @Header('content-disposition', 'attachment; filename="€.txt"')
  sendInvalidHeader(): string {
    return 'text';
  }

  @Get('throws-null')
  throwNull() {
    throw null;
  }

  @Get('forbidden')
  forbid() {
    throw Object.assign(new ForbiddenException('Admins only.'), { headers: { 'x-why': 'role' } });
  }

  @Get('database-unavailable')
  failDatabase() {
    throw Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' });
  }

  @Get('logs-secrets')
  logSecrets() {
    const secrets = {
      authorization: 'hunter2',
      cookie: 'hunter2',
      'set-cookie': 'hunter2',
      token: 'hunter2',
    };
    this.logger.log({ ...secrets, request: { headers: secrets }, form: { password: 'hunter2' } });
    return {};
  }

  @Get('slow')
  async slow() {
    await sleep(1_500);
    return { row: this.pool.query() };
  }

  @Get('hangs')
  hang() {
    return new Promise(() => {});
  }

  @Get('rejects-later')
  rejectLater() {
    setTimeout(() => void Promise.reject(new Error('unhandled')), 0);
    return {};
  }
}

@Controller('closed')
class ClosedController {
  @Get()
  find() {
    return {};
  }
}

@Module({
  controllers: [SampleController, ClosedController],
  providers: [Pool, { provide: APP_GUARD, useClass: HeaderGuard }],
})
export class SampleModule {}

@Controller()
class UnvalidatedController {
  @Post('unvalidated')
  create(@Body() body: object) {
    return body;
  }

  @Get('unvalidated/:id')
  find(@Param('id') id: string, @Query() query: object) {
    return { id, query };
  }
}

/** An app whose handlers accept unvalidated input. */
@Module({ controllers: [UnvalidatedController] })
export class UnvalidatedModule {}
