import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Command } from 'commander'
import type { CommandContext, CommandResult } from '../command-context.ts'
import { defineCommand } from '../define-command.ts'
import { formatError } from '../format-error.ts'
import { loadQueue } from '../load-queue.ts'
import { parseCount } from '../parse-number.ts'

interface WorkerFlags {
  readonly json?: boolean
  readonly redis: string
  readonly queue?: string
  readonly workers: number
}

/** Adds the command that does jobs of a queue. */
export function defineWorker(program: Command, context: CommandContext): void {
  defineCommand(program, {
    usage: 'worker',
    description:
      'Do the jobs of a queue, on as many machines as you like, until Ctrl-C or SIGTERM; jobs in progress then go back to the queue. Needs the package @facekp/jobs-bullmq.',
    example: 'facekp worker --redis redis://:password@queue.example:6379 --workers 4',
  })
    .requiredOption('--redis <url>', 'address of Redis 6.2 or later')
    .option('--queue <name>', 'name of the queue (default: facekp)')
    .option('--workers <n>', 'number of threads', parseCount(), 1)
    .action(async (flags: WorkerFlags) => context.report(flags, await work(flags, context)))
}

async function work(
  { redis, queue, workers }: WorkerFlags,
  { stderr, signal }: CommandContext,
): Promise<CommandResult> {
  const { runWorker } = await loadQueue()
  const counts = { done: 0, failed: 0 }
  stderr.write(`doing the jobs of queue ${queue ?? 'facekp'}; Ctrl-C ends\n`)
  await runWorker({
    redis,
    queue,
    workers,
    // facekp may be installed elsewhere than the packages of the jobs, such as globally.
    resolveFrom: [pathToFileURL(join(process.cwd(), 'jobs.js')).href, import.meta.url],
    signal,
    onWarning: (warning) => void stderr.write(`waiting: ${formatError(warning)}\n`),
    onJob(id, outcome) {
      counts[outcome.status]++
      const problem = outcome.status === 'failed' ? `: ${outcome.error.problem}` : ''
      stderr.write(`${id.slice(0, 12)} ${outcome.status}${problem}\n`)
    },
  })
  return { text: `${counts.done} jobs done, ${counts.failed} attempts failed`, json: counts }
}
