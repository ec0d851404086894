import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin, type UserConfig } from 'vite'

/** Builds the worker as a part of the page, so that both load the same files. By itself, Vite bundles all that a worker needs once more. */
const shareWithWorker: Plugin = {
  name: 'share-with-worker',
  apply: 'build',
  enforce: 'pre',
  transform: {
    filter: { code: "new URL('../worker.ts', import.meta.url)" },
    handler(code) {
      const id = resolveSource('worker.ts')
      const worker = this.emitFile({ type: 'chunk', id })
      return code.replace("new URL('../worker.ts', import.meta.url)", `import.meta.ROLLUP_FILE_URL_${worker}`)
    },
  },
}

/** Lets the browser decode what a landmarker would load decoders for: the bytes of image files. */
const decodeByBrowser: Plugin = {
  name: 'decode-by-browser',
  apply: 'build',
  resolveDynamicImport: (specifier) =>
    specifier === '@facekp/image' ? resolveSource('landmarking/decode-image.ts') : null,
}

/** Leaves out the gradients of TensorFlow.js, which only trainings of networks need: the page fits landmarkers without. */
const leaveOutGradients: Plugin = {
  name: 'leave-out-gradients',
  apply: 'build',
  load: {
    filter: { id: /tfjs-core\/dist\/register_all_gradients\.js$/ },
    handler: () => ({ code: '', moduleSideEffects: false }),
  },
}

const config: UserConfig = defineConfig({
  // The page works under any path, such as /studio/.
  base: './',
  build: {
    target: 'es2022',
    // Images of the page stay files: the policy allows no other.
    assetsInlineLimit: 0,
    // A script that the worker loads too has no document by which to load others ahead.
    modulePreload: {
      polyfill: false,
      resolveDependencies: (_, files, { hostType }) => (hostType === 'html' ? files : []),
    },
    // The kernels of a backend are one large file, loaded when they are needed.
    chunkSizeWarningLimit: 4000,
    rolldownOptions: { output: { chunkFileNames: nameChunk } },
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [shareWithWorker, decodeByBrowser, leaveOutGradients],
})

function resolveSource(path: string): string {
  return fileURLToPath(new URL(`src/${path}`, import.meta.url))
}

/** Names the files of TensorFlow.js' backends, which are loaded one at a time. */
function nameChunk({ moduleIds }: { readonly moduleIds: readonly string[] }): string {
  const isBackend = moduleIds.length > 0 && moduleIds.every((id) => /tfjs-backend-/.test(id))
  return isBackend ? 'assets/tfjs-[name]-[hash].js' : 'assets/[name]-[hash].js'
}

export default config
