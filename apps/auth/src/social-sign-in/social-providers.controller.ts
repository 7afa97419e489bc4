import { Controller, Get, Header, Inject } from '@nestjs/common';
import { SOCIAL_PROVIDERS } from '../better-auth/auth.constants.js';
import type { ProviderName } from './social-providers.js';

/** Tells clients which buttons to show. */
@Controller('api/auth/providers')
export class SocialProvidersController {
  constructor(@Inject(SOCIAL_PROVIDERS) private readonly providers: ProviderName[]) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  findAll(): ProviderName[] {
    return this.providers;
  }
}
