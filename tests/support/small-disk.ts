import { spawnSync } from 'node:child_process'
import { env } from 'node:process'

const NAMESPACE = ['--map-root-user', '--mount']

/** Whether this machine lets a program mount a disk that only it sees. */
export const canMount: boolean = spawnSync('unshare', [...NAMESPACE, 'true']).status === 0

/** What the programs of a script printed, and its exit code. */
export interface ScriptRun {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a script of the shell to which an empty folder is a disk of a few kB. It may change it: `mount -o remount,size=1m "$DISK"`, or
 * `remount,ro`.
 *
 * @param args `$1`, `$2` ... of the script
 */
export function runOnSmallDisk(
  disk: { readonly folder: string; readonly kB: number },
  script: string,
  args: readonly string[],
): ScriptRun {
  const mount = `mount -t tmpfs -o size=${disk.kB}k facekp "$DISK" || exit 99\n`
  const { status, stdout, stderr } = spawnSync('unshare', [...NAMESPACE, 'sh', '-c', mount + script, 'sh', ...args], {
    encoding: 'utf8',
    env: { ...env, NODE_OPTIONS: '', DISK: disk.folder },
  })
  return { code: status, stdout, stderr }
}
