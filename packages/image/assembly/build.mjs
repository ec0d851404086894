// Compiles the AssemblyScript of each folder here to src/NAME-wasm.ts: `pnpm build:wasm`, needed after a change of it only.
// The compiler is not a dependency: it is 100 MB, and the results are in the repository.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const COMPILER = 'assemblyscript@0.28.20'
const OPTIONS = ['-O3', '--runtime', 'stub', '--enable', 'simd', '--use', 'abort=']
const root = fileURLToPath(new URL('.', import.meta.url))
const output = mkdtempSync(join(tmpdir(), 'facekp-wasm-'))
for (const name of ['jpeg', 'resize']) {
  const folder = join(root, name)
  const wasm = join(output, `${name}.wasm`)
  const args = [join(folder, 'index.ts'), ...OPTIONS, '--outFile', wasm]
  execFileSync('npx', ['--yes', '--package', COMPILER, 'asc', ...args], { stdio: 'inherit' })
  const hash = createHash('sha256')
  for (const file of readdirSync(folder).sort()) hash.update(readFileSync(join(folder, file)))
  writeFileSync(
    join(root, `../src/${name}-wasm.ts`),
    `// Made by \`pnpm build:wasm\` from assembly/${name} with SHA-256 ${hash.digest('hex')}.

/** WebAssembly in base64. */
export const ${name.toUpperCase()}_WASM =
  '${readFileSync(wasm).toString('base64')}'
`,
  )
}
rmSync(output, { recursive: true })
