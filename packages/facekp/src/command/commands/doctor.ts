import { availableParallelism } from 'node:os'
import { formatCount } from '@facekp/options'
import type { Command } from 'commander'
import manifest from '../../../package.json' with { type: 'json' }
import type { CommandContext, CommandResult } from '../command-context.ts'
import { defineCommand } from '../define-command.ts'

/** Adds the command that describes the machine. */
export function defineDoctor(program: Command, context: CommandContext): void {
  defineCommand(program, {
    usage: 'doctor',
    description: 'Describe Node and the backends of this machine: what is missing, and how to get it',
    example: 'facekp doctor',
  }).action(async (flags: { readonly json?: boolean }) => context.report(flags, await describeMachine()))
}

async function describeMachine(): Promise<CommandResult> {
  const { describeBackends, releaseBackend, useBackend } = await import('@facekp/backend')
  const { attempts, ...backend } = await useBackend('auto')
  const table = describeBackends()
  releaseBackend()
  const { platform, arch, version: node } = process
  const processors = availableParallelism()
  const { version } = manifest
  return {
    text: [
      `facekp ${version} on Node ${node}, ${platform} ${arch}, ${formatCount(processors, 'processor')}`,
      '',
      'Backends, fastest first:',
      table,
    ].join('\n'),
    json: { facekp: version, node, platform, arch, processors, backend, attempts },
  }
}
