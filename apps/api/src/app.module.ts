import { type DynamicModule, Module } from '@nestjs/common';
import { AuthModule } from '@app/auth';
import type { Environment } from './config/env.js';
import { DatabaseModule } from './database/database.module.js';
import { MeModule } from './me/me.module.js';
import { SystemModule } from './system/system.module.js';
import { TasksModule } from './tasks/tasks.module.js';

/** The root module of the api. */
@Module({})
export class AppModule {
  static forRoot(env: Environment): DynamicModule {
    return {
      module: AppModule,
      imports: [
        DatabaseModule.forRoot(
          {
            url: env.DATABASE_URL,
            poolSize: env.DATABASE_POOL_SIZE,
            preparedStatements: env.DATABASE_PREPARED_STATEMENTS,
          },
          { maxRows: env.OWNER_MAX_ROWS, maxBytes: env.OWNER_MAX_BYTES },
          env.DATABASE_REPLICA_URL ? { url: env.DATABASE_REPLICA_URL, redisUrl: env.REDIS_URL } : undefined,
        ),
        AuthModule.forRoot({
          jwksUrl: env.JWKS_URL,
          issuer: env.JWT_ISSUER,
          audience: env.JWT_AUDIENCE,
          rolesClaim: 'roles',
          checkScopes: env.JWT_SCOPES,
        }),
        SystemModule,
        MeModule,
        TasksModule,
      ],
    };
  }
}
