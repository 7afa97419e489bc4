import { type DynamicModule, type FactoryProvider, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AUTH_OPTIONS, type AuthOptions, checkOptions } from './auth.options.js';
import { JwtAuthGuard } from './jwt-auth.guard.js';
import { JwtStrategy } from './jwt.strategy.js';
import { KeyStore } from './key-store.js';
import { RefusalLog } from './refusal-log.js';

type AsyncOptions = Pick<FactoryProvider<AuthOptions>, 'inject' | 'useFactory'>;

/** Importing this module closes every route of the app; open one with `@Public()`. */
@Module({})
export class AuthModule {
  /** @throws Error where an option is missing */
  static forRoot(options: AuthOptions): DynamicModule {
    return AuthModule.forRootAsync({ useFactory: () => options });
  }

  /** As `forRoot()`, with options that need something injected. */
  static forRootAsync({ inject = [], useFactory }: AsyncOptions): DynamicModule {
    return {
      module: AuthModule,
      providers: [
        {
          provide: AUTH_OPTIONS,
          inject,
          useFactory: async (...injected: unknown[]) => checkOptions(await useFactory(...injected)),
        },
        {
          provide: KeyStore,
          inject: [AUTH_OPTIONS],
          useFactory: ({ jwksUrl }: AuthOptions) => new KeyStore(jwksUrl),
        },
        RefusalLog,
        JwtStrategy,
        JwtAuthGuard,
        { provide: APP_GUARD, useExisting: JwtAuthGuard },
      ],
    };
  }
}
