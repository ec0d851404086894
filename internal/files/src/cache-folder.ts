import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'

/**
 * Gives the path of a folder for downloads: `name` below `FACEKP_CACHE` if that variable is set, else below `facekp` in the system's
 * cache folder (`XDG_CACHE_HOME` or `~/.cache`, `~/Library/Caches`, `%LOCALAPPDATA%`). The folder is not created.
 *
 * @example
 * ```ts
 * const archive = join(cacheFolder('imm'), 'imm_face_db.tar.gz')
 * ```
 */
export function cacheFolder(
  name: string,
  { platform, env }: { readonly platform: NodeJS.Platform; readonly env: NodeJS.ProcessEnv } = process,
): string {
  return env.FACEKP_CACHE ? resolve(env.FACEKP_CACHE, name) : join(systemCache(platform, env), 'facekp', name)
}

function systemCache(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): string {
  if (platform === 'win32') return env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local')
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches')
  // By the XDG base directory specification, relative paths are ignored.
  const xdg = env.XDG_CACHE_HOME
  return xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.cache')
}
