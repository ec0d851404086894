import { readdirSync, readFileSync } from 'node:fs'
import { defineConfig, type Options } from 'tsup'

interface Manifest {
  exports: Record<string, { '@facekp/source'?: string }>
  optionalDependencies?: Record<string, string>
}

// tsup runs in a package's folder. Its entries are the sources that its own `exports` names.
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest
const entry = Object.values(manifest.exports).flatMap((target) => target['@facekp/source'] ?? [])

/** The private packages: their code and types are bundled into the packages that use them. */
const bundled = readdirSync('../../internal')
const paths = Object.fromEntries(bundled.map((name) => [`@facekp/${name}`, [`../../internal/${name}/src/index.ts`]]))

const config: Options = defineConfig({
  entry,
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  // tsup leaves out dependencies and peers by itself, but would bundle optional ones.
  external: [/^node:/, ...Object.keys(manifest.optionalDependencies ?? {})],
  noExternal: bundled.map((name) => `@facekp/${name}`),
  // `paths` makes rollup-plugin-dts take their types as the package's own.
  dts: { compilerOptions: { customConditions: [], noEmit: false, paths } },
  sourcemap: true,
  clean: true,
}) as Options

export default config
