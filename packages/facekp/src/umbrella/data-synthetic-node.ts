export * from '@facekp/data-synthetic/node'
