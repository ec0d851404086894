import { readFileSync } from 'node:fs'
import { defineConfig, type Options } from 'tsup'

interface Manifest {
  exports: Record<string, { '@facekp/source'?: string }>
  optionalDependencies?: Record<string, string>
}

// Run in a package's folder: its entries are the sources that its own `exports` names, so a new entry is written down once.
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest
const entry = Object.values(manifest.exports).flatMap((target) => target['@facekp/source'] ?? [])

const config: Options = defineConfig({
  entry,
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  // tsup leaves out dependencies and peers by itself, but would pack optional ones in.
  external: [/^node:/, ...Object.keys(manifest.optionalDependencies ?? {})],
  dts: { compilerOptions: { customConditions: [], noEmit: false } },
  sourcemap: true,
  clean: true,
}) as Options

export default config
