export * from '@facekp/metrics'
