import { defineConfig, type UserConfig } from 'vite'

const config: UserConfig = defineConfig({
  // The page works under any path, such as /studio/.
  base: './',
  build: {
    target: 'es2022',
    // Images of the page stay files: the policy allows no other.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The kernels of a backend are one large file, loaded when they are needed.
    chunkSizeWarningLimit: 4000,
  },
  worker: {
    format: 'es',
    rolldownOptions: { output: { chunkFileNames: nameChunk } },
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
})

/** Names the files of TensorFlow.js' backends, which are loaded one at a time. */
function nameChunk({ moduleIds }: { readonly moduleIds: readonly string[] }): string {
  const isBackend = moduleIds.length > 0 && moduleIds.every((id) => /tfjs-backend-/.test(id))
  return isBackend ? 'assets/tfjs-[name]-[hash].js' : 'assets/[name]-[hash].js'
}

export default config
