import { type DynamicModule, Inject, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { connectDatabase, type Database, DATABASE, type DatabaseOptions } from './database.js';

/** Connects to Postgres, and hangs up when the application has ended. */
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  static forRoot(options: Pick<DatabaseOptions, 'url' | 'poolSize'>): DynamicModule {
    const logger = new Logger('Database');
    const useFactory = () =>
      connectDatabase({
        ...options,
        onIdleError: (error) => logger.warn(`An idle connection broke: ${error.message}`),
      });
    return {
      module: DatabaseModule,
      global: true,
      providers: [{ provide: DATABASE, useFactory }],
      exports: [DATABASE],
    };
  }

  constructor(@Inject(DATABASE) private readonly db: Database) {}

  async onApplicationShutdown(): Promise<void> {
    await this.db.destroy();
  }
}
