import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { build } from 'esbuild'

// What a page pays for an import, without TensorFlow.js, which it shares. Code behind `import()` is loaded later and not counted.

const FOLDER = fileURLToPath(new URL('.', import.meta.url))

/** An import in a page and the most it may cost, in kB (1000 bytes) of minified code. */
const BUDGETS: readonly { readonly name: string; readonly program: string; readonly kB: number }[] = [
  { name: 'blurpool', program: `import '@facekp/blurpool'`, kB: 12 },
  { name: 'blurpool of facekp', program: `import 'facekp/blurpool'`, kB: 12 },
  { name: 'createModel', program: `export { createModel } from '@facekp/models'`, kB: 39 },
  {
    name: 'an augmentation',
    program: `export { affine, brightness, compose, horizontalFlip, noise } from '@facekp/augment'`,
    kB: 60,
  },
  { name: 'all augmentations', program: `export * from '@facekp/augment'`, kB: 88 },
  { name: 'train', program: `export { train } from '@facekp/trainer'`, kB: 91 },
  { name: 'resizeImage', program: `export { resizeImage } from '@facekp/image'`, kB: 12 },
  { name: 'image', program: `export * from '@facekp/image'`, kB: 79 },
  { name: 'core', program: `export * from '@facekp/core'`, kB: 47 },
  { name: 'a function of core', program: `export { createSample } from '@facekp/core'`, kB: 8 },
  { name: 'metrics', program: `export * from '@facekp/metrics'`, kB: 18 },
  { name: 'detector', program: `export * from '@facekp/detector'`, kB: 28 },
  { name: 'landmarker', program: `export * from '@facekp/landmarker'`, kB: 145 },
]

test.each(BUDGETS)('$name costs a page at most $kB kB', async ({ name, program, kB }) => {
  const bytes = await measureBundle(program)
  process.stdout.write(`bundle of ${name}: ${(bytes / 1000).toFixed(1)} kB of ${kB}\n`)
  expect(bytes / 1000).toBeLessThanOrEqual(kB)
})

test('a bare import of facekp/blurpool registers the layers as that of @facekp/blurpool', async () => {
  expect(await measureBundle(`import 'facekp/blurpool'`)).toBe(await measureBundle(`import '@facekp/blurpool'`))
})

/** Bundles a program from the built packages and adds up what loads at once. */
async function measureBundle(contents: string): Promise<number> {
  if (!existsSync(join(FOLDER, '../packages/core/dist/index.js'))) throw new Error('build first: pnpm build')
  const { metafile } = await build({
    stdin: { contents, resolveDir: FOLDER },
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    outdir: 'bundle',
    write: false,
    metafile: true,
    external: ['@tensorflow/*'],
    logLevel: 'error',
  })
  const { outputs } = metafile
  const entry = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === '<stdin>') as string
  const loaded = new Set([entry])
  for (const path of loaded) {
    for (const { kind, path: other } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && outputs[other]) loaded.add(other)
    }
  }
  let bytes = 0
  for (const path of loaded) bytes += outputs[path]?.bytes ?? 0
  return bytes
}
