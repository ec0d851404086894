import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'

/**
 * Where to keep what was downloaded: the folder `name` below FACEKP_CACHE, where that variable is set, or below `facekp`
 * in the system's cache folder (XDG_CACHE_HOME or ~/.cache, ~/Library/Caches, %LOCALAPPDATA%). It is not made.
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
  // The XDG base directory specification has relative paths ignored.
  const xdg = env.XDG_CACHE_HOME
  return xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.cache')
}
