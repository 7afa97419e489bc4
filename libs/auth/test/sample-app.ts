import {
  type ArgumentsHost,
  Catch,
  Controller,
  Get,
  HttpException,
  type LoggerService,
  Module,
  UseGuards,
} from '@nestjs/common';
import { APP_FILTER, BaseExceptionFilter, NestFactory } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AddressInfo } from 'node:net';
import type { Issuer } from '../../../tools/test/issuer.js';
import {
  AuthModule,
  type AuthUser,
  CurrentUser,
  Owner,
  Public,
  RequireVerifiedEmail,
  Roles,
  Scopes,
} from '../src/index.js';

export const AUDIENCE = 'http://sample.test';

@Controller()
class SampleController {
  @Get('me')
  me(@CurrentUser() user: AuthUser) {
    return user;
  }

  @Get('open')
  @Public()
  open() {
    return {};
  }

  @Get('owner')
  owner(@Owner() ownerId: string) {
    return { ownerId };
  }

  @Get('open-owner')
  @Public()
  openOwner(@Owner() ownerId?: string) {
    return { ownerId };
  }

  @Get('verified')
  @RequireVerifiedEmail()
  verified() {
    return {};
  }

  @Get('admin')
  @Roles('admin', 'owner')
  admin() {
    return {};
  }
}

@Controller('open')
@Public()
class OpenController {
  @Get('all')
  all() {
    return {};
  }

  @Get('admin')
  @Roles('admin')
  admin() {
    return {};
  }

  @Get('scoped')
  @Scopes('notes:read')
  scoped() {
    return {};
  }
}

@Controller('scoped')
@Scopes('notes:read')
class ScopedController {
  @Get()
  inherited() {
    return {};
  }

  @Get('own')
  @Scopes('notes:write', 'notes:admin')
  own() {
    return {};
  }

  @Get('open')
  @Public()
  open() {
    return {};
  }

  @Get('admin')
  @Roles('admin')
  admin() {
    return {};
  }
}

@Controller('closed')
@Roles('admin')
class RoleController {
  @Get('open')
  @Public()
  open() {
    return {};
  }
}

@Controller('verified-controller')
@RequireVerifiedEmail()
class VerifiedController {
  @Get('route')
  route() {
    return {};
  }

  @Get('public')
  @Public()
  public() {
    return {};
  }
}

@Controller('passport')
class PassportController {
  @Get('both-guards')
  @UseGuards(AuthGuard('jwt'))
  bothGuards(@CurrentUser() user: AuthUser) {
    return user;
  }

  @Get('only')
  @Public()
  @UseGuards(AuthGuard('jwt'))
  only(@CurrentUser() user: AuthUser) {
    return user;
  }
}

/** Copies the headers of an exception to the response. Nest's default filter ignores them. */
@Catch(HttpException)
class HeadersFilter extends BaseExceptionFilter {
  override catch(exception: HttpException & { headers?: Record<string, string> }, host: ArgumentsHost) {
    host
      .switchToHttp()
      .getResponse()
      .headers(exception.headers ?? {});
    // oxlint-disable-next-line promise/valid-params -- this is not a promise
    super.catch(exception, host);
  }
}

/** Records the log lines of an app. */
export class LogLines implements LoggerService {
  readonly lines: { level: string; message: unknown }[] = [];
  log = (message: unknown) => this.lines.push({ level: 'info', message });
  warn = (message: unknown) => this.lines.push({ level: 'warn', message });
  error = (message: unknown) => this.lines.push({ level: 'error', message });
}

@Module({})
class SampleModule {}

export interface Sample {
  app: NestFastifyApplication;
  url: string;
  log: LogLines;
  get(path: string, token?: string): Promise<Response>;
}

export function sampleModule(issuer: Issuer) {
  return {
    module: SampleModule,
    imports: [
      AuthModule.forRootAsync({
        useFactory: () => ({
          jwksUrl: issuer.jwksUrl,
          issuer: issuer.url,
          audience: AUDIENCE,
          rolesClaim: ['realm_access', 'roles'],
        }),
      }),
    ],
    controllers: [
      SampleController,
      OpenController,
      ScopedController,
      RoleController,
      VerifiedController,
      PassportController,
    ],
    providers: [{ provide: APP_FILTER, useClass: HeadersFilter }],
  };
}

/** Starts a minimal app with AuthModule on a free port. */
export async function startSample(issuer: Issuer): Promise<Sample> {
  const log = new LogLines();
  const app = await NestFactory.create<NestFastifyApplication>(sampleModule(issuer), new FastifyAdapter(), {
    logger: log,
  });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const get = (path: string, token?: string) =>
    fetch(`${url}${path}`, { headers: token ? { authorization: `Bearer ${token}` } : {} });
  return { app, url, log, get };
}
