import { Module } from '@nestjs/common';
import { MeController } from './me.controller.js';

/** The current user: returns the claims of the token, and deletes the user's data. */
@Module({ controllers: [MeController] })
export class MeModule {}
