/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/{packages/*/src,examples,benchmarks,tests}/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironmentOptions: { customExportConditions: ['@facekp/source', 'node', 'node-addons'] },
  transform: { '\\.ts$': ['@swc/jest', { jsc: { target: 'es2022' } }] },
  modulePathIgnorePatterns: ['/dist/'],
  maxWorkers: 2,
  reporters: ['default', '<rootDir>/tests/support/json-reporter.js'],
}
