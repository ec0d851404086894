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
  worker: { format: 'es' },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
})

export default config
