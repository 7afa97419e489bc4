import { type DynamicModule, Inject, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { connectDatabase, type Database, DATABASE, type DatabaseOptions } from './database.js';

/** Provides the connection pool, and closes it when the application shuts down. */
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  static forRoot(options: Pick<DatabaseOptions, 'url' | 'poolSize'>): DynamicModule {
    const logger = new Logger('Database');
    const useFactory = () =>
      connectDatabase({
        ...options,
        onIdleError: (error) => logger.warn(`Lost an idle database connection: ${error.message}`),
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
