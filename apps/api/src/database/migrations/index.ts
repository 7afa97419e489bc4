import { CreateIdempotencyKeys1764000000000 } from './1764000000000-create-idempotency-keys.js';
import { AddSearchExtensions1764000000500 } from './1764000000500-add-search-extensions.js';
import { CreateTasks1764000001000 } from './1764000001000-create-tasks.js';
import { IndexIdempotencyKeys1764000003000 } from './1764000003000-index-idempotency-keys.js';
import { CreateOwnerUsage1764000003500 } from './1764000003500-create-owner-usage.js';
import { CreateOwnerScope1764000004000 } from './1764000004000-create-owner-scope.js';
import { CreatePeriodicJobs1764000005000 } from './1764000005000-create-periodic-jobs.js';
import { TrackChangesAcrossOwners1764000006000 } from './1764000006000-track-changes-across-owners.js';

/** The migrations of the api, oldest first. `npm run db:generate` appends to this list. */
export const migrations = [
  CreateIdempotencyKeys1764000000000,
  AddSearchExtensions1764000000500,
  CreateTasks1764000001000,
  IndexIdempotencyKeys1764000003000,
  CreateOwnerUsage1764000003500,
  CreateOwnerScope1764000004000,
  CreatePeriodicJobs1764000005000,
  TrackChangesAcrossOwners1764000006000,
];
