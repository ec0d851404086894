export * from '@facekp/viz'
