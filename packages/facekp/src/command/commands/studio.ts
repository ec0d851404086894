import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { defineCommand } from '../define-command.ts'
import { parsePort } from '../parse-number.ts'

interface StudioFlags {
  readonly json?: boolean
  readonly port?: number
  readonly open?: boolean
}

/** Adds the command that serves the studio. */
export function defineStudio(program: Command, context: CommandContext): void {
  defineCommand(program, {
    usage: 'studio',
    description:
      'Serve the studio, a page to label faces, fit a landmarker and try it, on this machine only; Ctrl-C ends it. Images do not leave the browser.',
    example: 'facekp studio --open',
  })
    .option('--port <n>', 'port; 0 for any free one (default: the first free one from 4180)', parsePort)
    .option('--open', 'open the page in the browser')
    .action(async (flags: StudioFlags) => serveStudio(flags, context))
}

async function serveStudio(flags: StudioFlags, { report, stderr, signal }: CommandContext): Promise<void> {
  const { startServer } = await import('../studio/start-server.ts')
  const server = await startServer(findStudio(), { port: flags.port })
  try {
    report(flags, { text: server.url, json: { url: server.url } })
    if (flags.open) await openPage(server.url, stderr)
    if (!signal.aborted) await once(signal, 'abort')
  } finally {
    await server.close()
  }
}

/** Returns the folder of the page in this package. */
function findStudio(): string {
  return join(dirname(createRequire(import.meta.url).resolve('facekp/package.json')), 'dist', 'studio')
}

async function openPage(url: string, stderr: NodeJS.WritableStream): Promise<void> {
  const { openInBrowser } = await import('../studio/open-in-browser.ts')
  if (!(await openInBrowser(url))) stderr.write('no browser was found: please open the address yourself\n')
}
