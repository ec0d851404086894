#!/usr/bin/env node
import { endOnOutputError } from '@facekp/progress'
import { runCommand } from './command/run-command.ts'

const { stdin, stdout, stderr } = process
endOnOutputError(stdout)
const controller = new AbortController()
// A second Ctrl-C finds no handler and ends the process at once.
process.once('SIGINT', () => controller.abort())
process.exitCode = await runCommand(process.argv.slice(2), { stdin, stdout, stderr, signal: controller.signal })
