// Compiles the AssemblyScript of this folder to src/jpeg-wasm.ts: `pnpm build:wasm`, needed after a change of it only.
// The compiler is not a dependency: it is 100 MB, and the result is in the repository.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const COMPILER = 'assemblyscript@0.28.20'
const folder = fileURLToPath(new URL('.', import.meta.url))
const output = mkdtempSync(join(tmpdir(), 'facekp-wasm-'))
const wasm = join(output, 'jpeg.wasm')
const options = ['-O3', '--runtime', 'stub', '--enable', 'simd', '--use', 'abort=', '--outFile', wasm]
execFileSync('npx', ['--yes', '--package', COMPILER, 'asc', join(folder, 'index.ts'), ...options], { stdio: 'inherit' })
const sources = readdirSync(folder).filter((name) => name.endsWith('.ts'))
const hash = createHash('sha256')
for (const name of sources.sort()) hash.update(readFileSync(join(folder, name)))
writeFileSync(
  join(folder, '../src/jpeg-wasm.ts'),
  `// Made by \`pnpm build:wasm\` from assembly/*.ts with SHA-256 ${hash.digest('hex')}.

/** WebAssembly in base64. */
export const JPEG_WASM =
  '${readFileSync(wasm).toString('base64')}'
`,
)
rmSync(output, { recursive: true })
