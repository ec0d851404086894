import { readdirSync, readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { defineConfig, type Options } from 'tsup'
import { writeDeclarations } from './scripts/write-declarations.ts'

interface Manifest {
  exports: Record<string, { '@facekp/source'?: string }>
  optionalDependencies?: Record<string, string>
}

// tsup runs in a package's folder. Its entries are the sources that its own `exports` names.
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest
const entries = Object.values(manifest.exports).flatMap((target) => target['@facekp/source'] ?? [])

/** Every module is an entry: each stays a file of its own, which bundlers leave out if nothing of it is used. */
const modules = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => /(?<!\.test|\.embedded|\.d)\.ts$/.test(file))
  .map((file) => `src/${file}`)

/** The private packages: their code and types are part of the packages that use them. */
const bundled = readdirSync('../../internal')

/** Runs each module `*.embedded.ts` and replaces it by what it exports, as JSON: files that it read are part of the package. */
const embed: Plugin = {
  name: 'embed',
  setup({ onLoad }) {
    onLoad({ filter: /\.embedded\.ts$/ }, async ({ path }) => {
      const { outputFiles } = await build({
        entryPoints: [path],
        bundle: true,
        write: false,
        format: 'esm',
        platform: 'node',
        conditions: ['@facekp/source'],
        define: { 'import.meta.url': JSON.stringify(pathToFileURL(path).href) },
      })
      const code = Buffer.from((outputFiles[0] as { contents: Uint8Array }).contents).toString('base64')
      return { contents: JSON.stringify(await import(`data:text/javascript;base64,${code}`)), loader: 'json' }
    })
  },
}

/** Reduces the package's own `package.json` to its name and version. */
const manifestVersion: Plugin = {
  name: 'manifest-version',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]package\.json$/ }, ({ path }) => {
      const { name, version } = JSON.parse(readFileSync(path, 'utf8')) as { name: string; version: string }
      return { contents: JSON.stringify({ name, version }), loader: 'json' }
    })
  },
}

const config: Options = defineConfig({
  entry: modules,
  esbuildPlugins: [embed, manifestVersion],
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  // tsup leaves out dependencies and peers by itself, but would bundle optional ones.
  external: [/^node:/, ...Object.keys(manifest.optionalDependencies ?? {})],
  noExternal: bundled.map((name) => `@facekp/${name}`),
  clean: true,
  onSuccess: async () => writeDeclarations(entries),
}) as Options

export default config
