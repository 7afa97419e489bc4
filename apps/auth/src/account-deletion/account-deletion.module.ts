import { type DynamicModule, Module } from '@nestjs/common';
import {
  ACCOUNT_DELETION_OPTIONS,
  type AccountDeletionOptions,
  AccountDeletionService,
} from './account-deletion.service.js';

/** Makes the api delete the data of users whose accounts were deleted. */
@Module({})
export class AccountDeletionModule {
  static forRoot(options: AccountDeletionOptions): DynamicModule {
    return {
      module: AccountDeletionModule,
      providers: [{ provide: ACCOUNT_DELETION_OPTIONS, useValue: options }, AccountDeletionService],
    };
  }
}
