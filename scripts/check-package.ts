/**
 * Checks the package in the current folder as users will get it: publint and arethetypeswrong over the tarball that
 * pnpm packs, which has `publishConfig.exports` in place of the workspace's own.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'facekp-pack-'))
try {
  execFileSync('pnpm', ['pack', '--pack-destination', folder], { stdio: 'ignore' })
  const tarball = join(folder, readdirSync(folder)[0] as string)
  execFileSync('publint', ['--strict', tarball], { stdio: 'inherit' })
  execFileSync('attw', [tarball, '--profile', 'esm-only', '--format', 'table-flipped'], { stdio: 'inherit' })
} finally {
  rmSync(folder, { recursive: true })
}
