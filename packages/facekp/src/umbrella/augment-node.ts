export * from '@facekp/augment/node'
