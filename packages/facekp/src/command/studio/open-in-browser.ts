import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** Opens an address in the browser; false if that fails. */
export async function openInBrowser(url: string): Promise<boolean> {
  const [program, ...args] = getOpenCommand(url, process.platform)
  // The arguments of Windows are quoted already, as cmd reads quotes.
  const child = spawn(program, args, { stdio: 'ignore', detached: true, windowsVerbatimArguments: true })
  child.unref()
  try {
    await once(child, 'spawn')
    return true
  } catch {
    return false
  }
}

/**
 * Returns the program of a system that opens an address in the browser, and its arguments.
 *
 * Source: https://learn.microsoft.com/windows-server/administration/windows-commands/start: the first argument in quotes is the title of a window
 */
export function getOpenCommand(url: string, platform: NodeJS.Platform): readonly [string, ...string[]] {
  if (platform === 'darwin') return ['open', url]
  // Outside of quotes, & ends a command.
  return platform === 'win32' ? ['cmd', '/c', 'start', '""', `"${url}"`] : ['xdg-open', url]
}
