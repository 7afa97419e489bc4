import { Controller, Get, Header, Inject } from '@nestjs/common';
import { AUTH } from '../better-auth/auth.constants.js';
import type { Auth } from '../better-auth/auth.js';
import { singleFlight } from '../single-flight.js';
import { tokenLifetimes } from './token-lifetimes.js';

/**
 * Publishes the public keys at the well-known path and at Better Auth's own. They are read from the database, never from
 * a cache, so that a new key is published as soon as any process signs with it.
 */
@Controller()
export class JwksController {
  private readonly readKeys = singleFlight(() => this.auth.api.getJwks());

  constructor(@Inject(AUTH) private readonly auth: Auth) {}

  @Get(['.well-known/jwks.json', 'api/auth/jwks'])
  @Header('Cache-Control', `private, max-age=${tokenLifetimes.jwksMaxAgeSeconds}`)
  findAll() {
    return this.readKeys();
  }
}
