/** @type {import('jest').Config} */
export default {
  testEnvironment: '<rootDir>/tests/support/environment.js',
  testMatch: [
    '<rootDir>/{packages/*/src,apps/*/{src,tests},internal/*/src,examples,benchmarks,docs/.vitepress/build,tests}/**/*.test.ts',
  ],
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironmentOptions: { customExportConditions: ['@facekp/source', 'node', 'node-addons'], globalsCleanup: 'off' },
  transform: { '\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', experimental: { keepImportAttributes: true } } }] },
  modulePathIgnorePatterns: ['/dist/'],
  maxWorkers: 2,
  testSequencer: '<rootDir>/tests/support/sequencer.js',
  // No test may fail for a slow machine; this only ends one that hangs.
  testTimeout: 300_000,
  // TensorFlow.js greets every process that does not use its native backend.
  silent: true,
  reporters: ['default', '<rootDir>/tests/support/json-reporter.js'],
}
