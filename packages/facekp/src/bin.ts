#!/usr/bin/env node
import { endOnOutputError } from '@facekp/progress'
import { runCommand } from './command/run-command.ts'

const { stdin, stdout, stderr } = process
endOnOutputError(stdout)
const controller = new AbortController()
// A second Ctrl-C finds no handler and ends the process at once.
process.once('SIGINT', () => controller.abort())
// A program that was started by another with a channel ends with it: a worker that was killed leaves no training behind.
process.once('disconnect', () => process.exit(1))
// The channel alone keeps no program alive.
process.channel?.unref()
process.exitCode = await runCommand(process.argv.slice(2), { stdin, stdout, stderr, signal: controller.signal })
