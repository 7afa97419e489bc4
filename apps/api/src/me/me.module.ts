import { Module } from '@nestjs/common';
import { MeController } from './me.controller.js';

/** Who the token says you are, and the end of all that you own here. */
@Module({ controllers: [MeController] })
export class MeModule {}
