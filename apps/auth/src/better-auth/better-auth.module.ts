import { type DynamicModule, Inject, Logger, Module, type OnModuleInit } from '@nestjs/common';
import { type Database, DATABASE } from '../database/database.js';
import { checkMigrated } from '../database/migrator.js';
import { Mailer } from '../mail/mailer.js';
import { type Auth, type AuthSettings, createAuth } from './auth.js';
import { betterAuthLogger } from './better-auth-logger.js';
import { BetterAuthRoutes } from './better-auth.routes.js';
import { AccountDeletedEvents, AUTH } from './auth.constants.js';
import { JwksController } from '../signing-keys/jwks.controller.js';
import {
  ensureSigningKey,
  rotateSigningKey,
  UnreadableSigningKeyError,
} from '../signing-keys/signing-keys.js';

const SETTINGS = Symbol('AuthSettings');

/** Sign-up, sign-in, sessions and tokens: Better Auth, and the public keys of its tokens. */
@Module({})
export class BetterAuthModule implements OnModuleInit {
  static forRoot(settings: AuthSettings): DynamicModule {
    return {
      module: BetterAuthModule,
      global: true,
      controllers: [JwksController],
      providers: [
        { provide: SETTINGS, useValue: settings },
        AccountDeletedEvents,
        BetterAuthRoutes,
        {
          provide: AUTH,
          inject: [DATABASE, Mailer, AccountDeletedEvents],
          useFactory: (db: Database, mailer: Mailer, deletions: AccountDeletedEvents) =>
            createAuth(settings, {
              db,
              mailer,
              log: betterAuthLogger,
              onAccountDeleted: () => deletions.next(),
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

  /** So that no request waits for a key, and missing tables or a wrong secret are found out at the start. */
  async onModuleInit(): Promise<void> {
    await checkMigrated(this.db);
    try {
      await ensureSigningKey(this.auth);
    } catch (error) {
      if (!(error instanceof UnreadableSigningKeyError) || !this.settings.renewUnreadableKey) throw error;
      new Logger('SigningKeys').warn('BETTER_AUTH_SECRET has changed: a new signing key is made.');
      await rotateSigningKey(this.auth, this.db, { revoke: true });
    }
  }
}
