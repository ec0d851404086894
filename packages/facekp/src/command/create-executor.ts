import type { JobExecutor } from '@facekp/jobs'
import { type Command, Option } from 'commander'
import type { CommandContext } from './command-context.ts'
import { formatError } from './format-error.ts'
import { loadQueue } from './load-queue.ts'
import { parseCount } from './parse-number.ts'
import { usageError } from './usage-error.ts'

/** Options of the commands that run jobs. */
export interface ExecutorFlags {
  readonly executor: 'local' | 'bullmq'
  readonly redis?: string
  readonly queue?: string
  readonly workers?: number
}

/** Adds the options of {@link ExecutorFlags}. */
export function addExecutorOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--executor <name>', 'where the jobs run: threads of this process, or the workers of a queue')
        .choices(['local', 'bullmq'])
        .default('local'),
    )
    .option('--workers <n>', 'trials at a time (default: 1; with a queue, all)', parseCount())
    .option('--redis <url>', 'address of Redis, for --executor bullmq')
    .option('--queue <name>', 'name of the queue (default: facekp)')
}

/** Creates the executor that the options name. */
export async function createExecutor(
  { executor, redis, queue, workers = 1 }: ExecutorFlags,
  { stderr }: CommandContext,
): Promise<JobExecutor> {
  if (executor === 'local') {
    // Without its executor, an address of a queue would have no effect.
    if (redis !== undefined) throw usageError('--redis', '--executor bullmq too')
    if (queue !== undefined) throw usageError('--queue', '--executor bullmq too')
    const { localExecutor } = await import('@facekp/jobs')
    return localExecutor({ workers, resolveFrom: import.meta.url })
  }
  if (redis === undefined) throw usageError('--redis', 'the address of Redis, for --executor bullmq')
  const { bullmqExecutor } = await loadQueue()
  const onWarning = (warning: Parameters<typeof formatError>[0]): void =>
    void stderr.write(`waiting: ${formatError(warning)}\n`)
  return bullmqExecutor({ redis, queue, onWarning })
}
