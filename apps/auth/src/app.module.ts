import { type DynamicModule, Module } from '@nestjs/common';
import { authSettings, type Environment } from './config/env.js';
import { DatabaseModule } from './database/database.module.js';
import { AccountDeletionModule } from './account-deletion/account-deletion.module.js';
import { BetterAuthModule } from './better-auth/better-auth.module.js';
import { MailModule } from './mail/mail.module.js';
import { CleanupModule } from './cleanup/cleanup.module.js';

/** The root module of the auth server. */
@Module({})
export class AppModule {
  static forRoot(env: Environment): DynamicModule {
    return {
      module: AppModule,
      imports: [
        DatabaseModule.forRoot({ url: env.AUTH_DATABASE_URL, poolSize: env.DATABASE_POOL_SIZE }),
        MailModule.forRoot({
          smtpUrl: env.SMTP_URL,
          directory: env.NODE_ENV === 'development' ? '.data/outbox' : undefined,
          baseUrl: env.BETTER_AUTH_URL,
          secret: env.BETTER_AUTH_SECRET,
        }),
        BetterAuthModule.forRoot(authSettings(env)),
        AccountDeletionModule.forRoot({ apiUrl: env.API_INTERNAL_URL }),
        CleanupModule,
      ],
    };
  }
}
