import { type DynamicModule, Module } from '@nestjs/common';
import { authSettings, type Environment } from './config/env.js';
import { DatabaseModule } from './database/database.module.js';
import { ErasuresModule } from './erasures/erasures.module.js';
import { IdentityModule } from './identity/identity.module.js';
import { MailModule } from './mail/mail.module.js';
import { UpkeepModule } from './upkeep/upkeep.module.js';

/** The table of contents of the auth server. */
@Module({})
export class AppModule {
  static forRoot(env: Environment): DynamicModule {
    return {
      module: AppModule,
      imports: [
        DatabaseModule.forRoot({ url: env.AUTH_DATABASE_URL, poolSize: env.DATABASE_POOL_SIZE }),
        MailModule.forRoot({
          smtpUrl: env.SMTP_URL,
          domain: new URL(env.BETTER_AUTH_URL).hostname,
          outbox: env.NODE_ENV === 'development' ? '.data/outbox' : undefined,
        }),
        IdentityModule.forRoot(authSettings(env)),
        ErasuresModule.forRoot({ apiUrl: env.API_INTERNAL_URL }),
        UpkeepModule,
      ],
    };
  }
}
