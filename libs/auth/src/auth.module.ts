import { type DynamicModule, type FactoryProvider, Module, type Provider } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AUTH_OPTIONS, type AuthOptions } from './auth.options.js';
import { JwtAuthGuard } from './jwt-auth.guard.js';
import { JwtStrategy } from './jwt.strategy.js';
import { KeyStore } from './key-store.js';

/** Importing this module closes every route of the app; open one with `@Public()`. */
@Module({})
export class AuthModule {
  static forRoot(options: AuthOptions): DynamicModule {
    return AuthModule.with({ provide: AUTH_OPTIONS, useValue: options });
  }

  static forRootAsync(options: Pick<FactoryProvider<AuthOptions>, 'inject' | 'useFactory'>): DynamicModule {
    return AuthModule.with({ provide: AUTH_OPTIONS, ...options });
  }

  private static with(options: Provider): DynamicModule {
    return {
      module: AuthModule,
      providers: [
        options,
        {
          provide: KeyStore,
          inject: [AUTH_OPTIONS],
          useFactory: ({ jwksUrl }: AuthOptions) => new KeyStore(jwksUrl),
        },
        JwtStrategy,
        { provide: APP_GUARD, useClass: JwtAuthGuard },
      ],
    };
  }
}
