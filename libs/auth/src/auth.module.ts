import { type DynamicModule, type FactoryProvider, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AUTH_OPTIONS, type AuthOptions, validateOptions } from './auth.options.js';
import { JwtAuthGuard } from './jwt-auth.guard.js';
import { JwtStrategy } from './jwt.strategy.js';
import { KeyStore } from './key-store.js';
import { RejectionLog } from './rejection-log.js';
import { TokenVerifier } from './token-verifier.js';

type AsyncOptions = Pick<FactoryProvider<AuthOptions>, 'inject' | 'useFactory'>;

/**
 * Requires a valid access token on every route of the app, except routes that are `@Public()`. Any module of the app can
 * inject `TokenVerifier`.
 */
@Module({})
export class AuthModule {
  /** @throws Error if an option is missing */
  static forRoot(options: AuthOptions): DynamicModule {
    return AuthModule.forRootAsync({ useFactory: () => options });
  }

  /** Like `forRoot()`, with options from a factory that can have injected dependencies. */
  static forRootAsync({ inject = [], useFactory }: AsyncOptions): DynamicModule {
    return {
      module: AuthModule,
      global: true,
      providers: [
        {
          provide: AUTH_OPTIONS,
          inject,
          useFactory: async (...injected: unknown[]) => validateOptions(await useFactory(...injected)),
        },
        {
          provide: KeyStore,
          inject: [AUTH_OPTIONS],
          useFactory: ({ jwksUrl }: AuthOptions) => new KeyStore(jwksUrl),
        },
        TokenVerifier,
        RejectionLog,
        JwtStrategy,
        JwtAuthGuard,
        { provide: APP_GUARD, useExisting: JwtAuthGuard },
      ],
      exports: [TokenVerifier],
    };
  }
}
