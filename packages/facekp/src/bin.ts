#!/usr/bin/env node
// Nothing is imported before the handlers of signals: Ctrl-C ends the command properly while its modules are loaded too.
/** Milliseconds within which repeated signals count as one: programs in between, such as pnpm, send them again. */
const REPEAT_MS = 1000
const controller = new AbortController()
let interruptedAt: number | undefined
// SIGTERM comes from orchestrators, and SIGHUP from a terminal that is closed.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(name, () => {
    interruptedAt ??= performance.now()
    controller.abort()
    // A second Ctrl-C ends the process at once.
    if (performance.now() - interruptedAt >= REPEAT_MS) process.exit(130)
  })
}
// A program that was started by another with a channel ends with it: a worker that was killed leaves no training behind.
process.once('disconnect', () => process.exit(1))
// The channel alone keeps no program alive.
process.channel?.unref()
const { endOnOutputError, ignoreOutputError } = await import('@facekp/progress')
const { stdin, stdout, stderr } = process
endOnOutputError(stdout)
ignoreOutputError(stderr)
const { runCommand } = await import('./command/run-command.ts')
process.exitCode = await runCommand(process.argv.slice(2), { stdin, stdout, stderr, signal: controller.signal })
// Work that was given up must not keep the process alive.
if (controller.signal.aborted) process.exit()
