import { Controller, Get, Header, Inject } from '@nestjs/common';
import { singleFlight } from '../single-flight.js';
import { AUTH } from '../better-auth/auth.constants.js';
import type { Auth } from '../better-auth/auth.js';
import { tokenLifetimes } from './token-lifetimes.js';

/**
 * The public keys, at the address that verifiers look at and at Better Auth's own. Read from the database each time, so
 * that a key is known here as soon as any process signs with it, but once for all who ask at the same time.
 */
@Controller()
export class JwksController {
  private readonly read = singleFlight(() => this.auth.api.getJwks());

  constructor(@Inject(AUTH) private readonly auth: Auth) {}

  @Get(['.well-known/jwks.json', 'api/auth/jwks'])
  @Header('Cache-Control', `private, max-age=${tokenLifetimes.jwksMaxAgeSeconds}`)
  findAll() {
    return this.read();
  }
}
