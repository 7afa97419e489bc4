import { ServiceUnavailableException } from '@nestjs/common';

interface Waiting {
  isSearch: boolean;
  start: () => void;
}

interface Usage {
  connections: number;
  searches: number;
}

/**
 * Shares the connections of one pool between the owners. An owner gets at most half of them, all searches together at
 * most half, and the searches of one owner at most a quarter. Other work waits, and the owners take turns. So the pool
 * has no queue of its own, in which one owner could be in front of all others.
 */
export class ConnectionLimiter {
  /** How long work waits for its turn. Longer than most statements take, and short enough for a client to retry. */
  waitTimeoutMs = 1_500;
  private readonly maxPerOwner: number;
  private readonly maxSearches: number;
  private readonly maxSearchesPerOwner: number;
  private readonly inUse = new Map<string, Usage>();
  /** The owner whose turn is next comes first. */
  private readonly queues = new Map<string, Waiting[]>();
  private connections = 0;
  private searches = 0;

  constructor(private readonly poolSize: number) {
    this.maxPerOwner = Math.max(1, Math.floor(poolSize / 2));
    this.maxSearches = this.maxPerOwner;
    this.maxSearchesPerOwner = Math.max(1, Math.floor(poolSize / 4));
  }

  /** The number of calls that wait for their turn. */
  get waitingCount(): number {
    return [...this.queues.values()].reduce((sum, queue) => sum + queue.length, 0);
  }

  /**
   * Runs work that uses one connection. The work must not call `run` itself: it could wait for its own connection.
   * @throws ServiceUnavailableException after `waitTimeoutMs` without a turn.
   */
  async run<R>(ownerId: string, work: () => Promise<R>, { isSearch = false } = {}): Promise<R> {
    if (this.canStart(ownerId, isSearch)) {
      this.occupy(ownerId, isSearch);
    } else {
      await this.waitForTurn(ownerId, isSearch);
    }
    try {
      return await work();
    } finally {
      this.release(ownerId, isSearch);
    }
  }

  private canStart(ownerId: string, isSearch: boolean): boolean {
    const usage = this.inUse.get(ownerId);
    return (
      this.connections < this.poolSize &&
      (!usage || usage.connections < this.maxPerOwner) &&
      (!isSearch || (this.searches < this.maxSearches && (usage?.searches ?? 0) < this.maxSearchesPerOwner))
    );
  }

  private occupy(ownerId: string, isSearch: boolean): void {
    let usage = this.inUse.get(ownerId);
    if (!usage) {
      usage = { connections: 0, searches: 0 };
      this.inUse.set(ownerId, usage);
    }
    const searches = isSearch ? 1 : 0;
    usage.connections += 1;
    usage.searches += searches;
    this.connections += 1;
    this.searches += searches;
  }

  private release(ownerId: string, isSearch: boolean): void {
    const usage = this.inUse.get(ownerId)!;
    const searches = isSearch ? 1 : 0;
    usage.connections -= 1;
    usage.searches -= searches;
    this.connections -= 1;
    this.searches -= searches;
    if (usage.connections === 0) {
      this.inUse.delete(ownerId);
    }
    while (this.queues.size > 0 && this.startNext()) {
      // The end of a search can let two start: another owner's search, and other work of this owner.
    }
  }

  private waitForTurn(ownerId: string, isSearch: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        isSearch,
        start: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        this.removeFromQueue(ownerId, waiting);
        reject(
          new ServiceUnavailableException(
            this.inUse.has(ownerId)
              ? 'Too many of your requests are running. Wait for their responses, then try again.'
              : 'The database is busy. Try again later.',
          ),
        );
      }, this.waitTimeoutMs);
      const queue = this.queues.get(ownerId);
      if (queue) {
        queue.push(waiting);
      } else {
        this.queues.set(ownerId, [waiting]);
      }
    });
  }

  /**
   * Starts the first work that may start, and moves its owner to the end of the line.
   * @returns false if none may start.
   */
  private startNext(): boolean {
    for (const [ownerId, queue] of this.queues) {
      const next = queue.find(({ isSearch }) => this.canStart(ownerId, isSearch));
      if (next) {
        this.removeFromQueue(ownerId, next);
        if (queue.length > 0) {
          this.queues.delete(ownerId);
          this.queues.set(ownerId, queue);
        }
        this.occupy(ownerId, next.isSearch);
        next.start();
        return true;
      }
    }
    return false;
  }

  private removeFromQueue(ownerId: string, waiting: Waiting): void {
    const queue = this.queues.get(ownerId)!;
    queue.splice(queue.indexOf(waiting), 1);
    if (queue.length === 0) {
      this.queues.delete(ownerId);
    }
  }
}
