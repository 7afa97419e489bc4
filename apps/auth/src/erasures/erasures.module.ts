import { type DynamicModule, Module } from '@nestjs/common';
import { ERASURE_OPTIONS, type ErasureOptions, ErasuresService } from './erasures.service.js';

/** Has the api erase what it keeps of accounts that are deleted here. */
@Module({})
export class ErasuresModule {
  static forRoot(options: ErasureOptions): DynamicModule {
    return {
      module: ErasuresModule,
      providers: [{ provide: ERASURE_OPTIONS, useValue: options }, ErasuresService],
    };
  }
}
