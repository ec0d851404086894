import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { requirement } from './require.ts'

/** The Python that `.ci/run` adds packages of PyPI to; the packages of the system's Python are visible in it too. */
const VIRTUAL = fileURLToPath(new URL('../../node_modules/.python/bin/python3', import.meta.url))

/** Finds a Python with these modules; undefined if none has them. Throws then if FACEKP_REQUIRE names `python`. */
export function findPython(modules: readonly string[]): string | undefined {
  const code = 'import importlib.util as u, sys; sys.exit(not all(map(u.find_spec, sys.argv[1:])))'
  const python = [VIRTUAL, '/usr/bin/python3', 'python3'].find((command) => {
    try {
      execFileSync(command, ['-c', code, ...modules], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  })
  if (!python && requirement('python')) {
    throw new Error(`FACEKP_REQUIRE: expected a Python with ${modules.join(', ')}; .ci/run shows how to install them`)
  }
  return python
}
