import { type DynamicModule, Inject, Logger, Module, type OnModuleInit } from '@nestjs/common';
import { type Database, DATABASE } from '../database/database.js';
import { assertMigrated } from '../database/migrator.js';
import { Mailer } from '../mail/mailer.js';
import { SocialProvidersController } from '../social-sign-in/social-providers.controller.js';
import { listProviders } from '../social-sign-in/social-providers.js';
import { JwksController } from '../signing-keys/jwks.controller.js';
import {
  ensureSigningKey,
  rotateSigningKey,
  UnreadableSigningKeyError,
} from '../signing-keys/signing-keys.js';
import { AccountDeletedEvents } from './account-deleted-events.js';
import { AUTH, SOCIAL_PROVIDERS } from './auth.constants.js';
import { type Auth, type AuthSettings, createAuth } from './auth.js';
import { betterAuthLogger } from './better-auth-logger.js';
import { BetterAuthRoutes } from './better-auth.routes.js';

const SETTINGS = Symbol('AuthSettings');

/** Provides sign-up, sign-in, sessions and tokens through Better Auth, and publishes the public signing keys. */
@Module({})
export class BetterAuthModule implements OnModuleInit {
  static forRoot(settings: AuthSettings): DynamicModule {
    return {
      module: BetterAuthModule,
      global: true,
      controllers: [JwksController, SocialProvidersController],
      providers: [
        { provide: SETTINGS, useValue: settings },
        { provide: SOCIAL_PROVIDERS, useValue: listProviders(settings.socialProviders) },
        AccountDeletedEvents,
        BetterAuthRoutes,
        {
          provide: AUTH,
          inject: [DATABASE, Mailer, AccountDeletedEvents],
          useFactory: (db: Database, mailer: Mailer, accountDeleted: AccountDeletedEvents) =>
            createAuth(settings, {
              db,
              mailer,
              log: betterAuthLogger,
              onAccountDeleted: () => accountDeleted.next(),
            }),
        },
      ],
      exports: [AUTH, AccountDeletedEvents],
    };
  }

  constructor(
    @Inject(AUTH) private readonly auth: Auth,
    @Inject(DATABASE) private readonly db: Database,
    @Inject(SETTINGS) private readonly settings: AuthSettings,
  ) {}

  /** Reports missing tables or a wrong secret at startup, and creates a signing key before the first request. */
  async onModuleInit(): Promise<void> {
    await assertMigrated(this.db);
    try {
      await ensureSigningKey(this.auth);
    } catch (error) {
      if (!(error instanceof UnreadableSigningKeyError) || !this.settings.replaceUnreadableSigningKey) {
        throw error;
      }
      new Logger('SigningKeys').warn('BETTER_AUTH_SECRET has changed. Creating a new signing key.');
      await rotateSigningKey(this.auth, this.db, { revoke: true });
    }
  }
}
